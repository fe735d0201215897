using System.Security.Cryptography.X509Certificates;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp.Tests.Transport.Tls;

/// <summary>The texts are those that RabbitMQ prints: they are users' names there.</summary>
public sealed class DistinguishedNameTests
{
    [Fact]
    public void The_most_specific_part_comes_first()
    {
        // The builder encodes what was added last first.
        var name = Build(builder =>
        {
            builder.AddCommonName("orders");
            builder.AddOrganizationalUnitName("Shop");
            builder.AddOrganizationName("Example");
            builder.AddCountryOrRegion("DE");
        });
        Assert.Equal("CN=orders,OU=Shop,O=Example,C=DE", DistinguishedName.Format(name));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b+c\"d\\e<f>g;h", "a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h")]
    [InlineData(" both ends ", "\\ both ends\\ ")]
    [InlineData("#1 # 2", "\\#1 # 2")]
    [InlineData("M\u00FCller~", "M\\C3\\BCller\\7E")]
    [InlineData("=/'()", "=/'()")]
    public void Values_are_escaped(string value, string text) =>
        Assert.Equal($"CN={text}", DistinguishedName.Format(Build(builder => builder.AddCommonName(value))));

    [Theory]
    [InlineData("1.2.840.113549.1.9.1", "EMAILADDRESS=v")]
    [InlineData("0.9.2342.19200300.100.1.25", "DC=v")]
    [InlineData("0.9.2342.19200300.100.1.1", "UID=v")]
    [InlineData("2.5.4.4", "SN=v")]
    [InlineData("2.5.4.5", "SERIALNUMBER=v")]
    [InlineData("2.5.4.9", "2.5.4.9=v")]
    [InlineData("2.5.4.46", "2.5.4.46=v")]
    public void Types_have_RabbitMQ_s_names_or_numbers(string type, string text) =>
        Assert.Equal(text, DistinguishedName.Format(Build(builder => builder.Add(type, "v"))));

    [Fact]
    public void Parts_of_several_attributes_stay_together()
    {
        // SEQUENCE { SET { O=b } SET { CN=a, UID=u } }
        byte[] encoded =
        [
            0x30, 0x2C, 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x01, (byte)'b',
            0x31, 0x1E, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, (byte)'a',
            0x30, 0x12, 0x06, 0x0A, 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01, 0x13, 0x04, (byte)'u', (byte)'s', (byte)'e', (byte)'r',
        ];
        Assert.Equal("CN=a+UID=user,O=b", DistinguishedName.Format(new X500DistinguishedName(encoded)));
    }

    private static X500DistinguishedName Build(Action<X500DistinguishedNameBuilder> add)
    {
        var builder = new X500DistinguishedNameBuilder();
        add(builder);
        return builder.Build();
    }
}
