using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>
/// A certificate's subject or issuer as text: RFC 4514 as RabbitMQ writes it, for users of RabbitMQ have the result as their name.
/// </summary>
/// <remarks>The runtime's own text differs: it puts blanks behind commas, quotes values, and names some types otherwise.</remarks>
internal static class DistinguishedName
{
    /// <summary>Types without a short name appear as numbers, street addresses too: RabbitMQ has a name for them that it does not find.</summary>
    private static readonly Dictionary<string, string> s_typeNames = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN",
        ["2.5.4.4"] = "SN",
        ["2.5.4.5"] = "SERIALNUMBER",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.12"] = "TITLE",
        ["2.5.4.42"] = "GIVENNAME",
        ["2.5.4.43"] = "INITIALS",
        ["2.5.4.44"] = "GENERATIONQUALIFIER",
        ["2.5.4.65"] = "PSEUDONYM",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["1.2.840.113549.1.9.1"] = "EMAILADDRESS",
    };

    /// <summary>The most specific part first, so the reverse of the encoded order.</summary>
    public static string Format(X500DistinguishedName name)
    {
        var parts = new List<string>();
        foreach (var attributes in Read(name)) parts.Add(string.Join('+', attributes.Select(Format)));
        parts.Reverse();
        return string.Join(',', parts);
    }

    /// <summary>All values of one type, in the encoded order.</summary>
    public static IEnumerable<string> Find(X500DistinguishedName name, string type) =>
        Read(name).SelectMany(attributes => attributes).Where(attribute => attribute.Type == type).Select(attribute => attribute.Value);

    private static List<List<(string Type, string Value)>> Read(X500DistinguishedName name)
    {
        var result = new List<List<(string Type, string Value)>>();
        var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var attributes = new List<(string Type, string Value)>();
            var set = sequence.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                attributes.Add((attribute.ReadObjectIdentifier(), ReadText(attribute)));
            }

            result.Add(attributes);
        }

        return result;
    }

    private static string ReadText(AsnReader value)
    {
        var tag = value.PeekTag();
        // Not a text the reader knows: its bytes, each as a character, as good as anything.
        if (tag.TagClass != TagClass.Universal) return Encoding.Latin1.GetString(value.ReadEncodedValue().Span);
        return (UniversalTagNumber)tag.TagValue switch
        {
            UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.BMPString or UniversalTagNumber.T61String or UniversalTagNumber.NumericString
                or UniversalTagNumber.VisibleString => value.ReadCharacterString((UniversalTagNumber)tag.TagValue),
            UniversalTagNumber.UniversalString => Encoding.GetEncoding("utf-32BE").GetString(value.PeekContentBytes().Span),
            _ => Encoding.Latin1.GetString(value.ReadEncodedValue().Span),
        };
    }

    private static string Format((string Type, string Value) attribute) =>
        $"{s_typeNames.GetValueOrDefault(attribute.Type, attribute.Type)}={Escape(attribute.Value)}";

    /// <summary>As RFC 4514 asks; and what is no printable ASCII as its UTF-8 bytes in hexadecimal.</summary>
    private static string Escape(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        var text = new StringBuilder(utf8.Length);
        for (var i = 0; i < utf8.Length; i++)
        {
            var character = (char)utf8[i];
            var isSpecial = character switch
            {
                ' ' => i == 0 || i == utf8.Length - 1,
                '#' => i == 0,
                '"' or '+' or ',' or ';' or '<' or '>' or '\\' => true,
                _ => false,
            };
            if (isSpecial) text.Append('\\').Append(character);
            else if (character is < ' ' or >= '~') text.Append(CultureInfo.InvariantCulture, $"\\{utf8[i]:X2}");
            else text.Append(character);
        }

        return text.ToString();
    }
}
