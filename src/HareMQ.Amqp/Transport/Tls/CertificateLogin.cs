using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>Where in a client's certificate its user's name stands.</summary>
internal enum LoginNameSource
{
    DistinguishedName,
    CommonName,
    SubjectAlternativeName,
}

/// <summary>The kinds of subject alternative names that can hold a user's name; the values are the tags of RFC 5280's GeneralName.</summary>
internal enum AlternativeNameType
{
    OtherName = 0,
    Email = 1,
    Dns = 2,
    Uri = 6,
    Ip = 7,
}

/// <summary>Finds the user that a certificate stands for.</summary>
internal static class CertificateLogin
{
    private const string CommonNameType = "2.5.4.3";
    private const string AlternativeNamesType = "2.5.29.17";

    /// <returns>Null: the certificate has no such name.</returns>
    public static string? FindName(X509Certificate2 certificate, TlsOptions options)
    {
        switch (options.LoginFrom)
        {
            case LoginNameSource.CommonName:
                var names = DistinguishedName.Find(certificate.SubjectName, CommonNameType).ToArray();
                return names.Length == 0 ? null : string.Join(',', names);
            case LoginNameSource.SubjectAlternativeName:
                return AlternativeNames(certificate, options.LoginSanType).ElementAtOrDefault(options.LoginSanIndex);
            default:
                return DistinguishedName.Format(certificate.SubjectName);
        }
    }

    private static List<string> AlternativeNames(X509Certificate2 certificate, AlternativeNameType type)
    {
        var names = new List<string>();
        if (certificate.Extensions[AlternativeNamesType] is not { } extension) return names;
        var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue == (int)type) names.Add(ReadName(sequence, type));
            else sequence.ReadEncodedValue();
        }

        return names;
    }

    private static string ReadName(AsnReader names, AlternativeNameType type)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, (int)type);
        switch (type)
        {
            case AlternativeNameType.Ip:
                var bytes = names.ReadOctetString(tag);
                return bytes.Length is 4 or 16 ? new IPAddress(bytes).ToString() : Convert.ToHexString(bytes);
            case AlternativeNameType.OtherName:
                var name = names.ReadSequence(tag);
                name.ReadObjectIdentifier();
                var value = name.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                // It may be anything; what is usual is some kind of text.
                return Encoding.UTF8.GetString(value.PeekContentBytes().Span);
            default:
                return names.ReadCharacterString(UniversalTagNumber.IA5String, tag);
        }
    }
}
