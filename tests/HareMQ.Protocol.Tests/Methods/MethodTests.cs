using HareMQ.ProtocolGenerator;

namespace HareMQ.Protocol.Tests.Methods;

public sealed class MethodTests
{
    public static TheoryData<string> Names => [.. MethodCase.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_method_writes_what_it_read(string name)
    {
        var method = Case(name);
        Properties.Hold(method.Arguments, arguments =>
        {
            var written = method.RoundTrip(arguments);

            Assert.True(Frame.TryRead(written, 1 << 20, out var frame, out var consumedBytes));
            Assert.Equal(written.Length, consumedBytes);
            Assert.Equal((FrameType.Method, 7), (frame.Type, frame.Channel));
            Assert.True(MethodHeader.TryRead(frame.Payload, out var id, out var rest));
            Assert.Equal(method.Id, id);
            Assert.Equal(arguments, rest.ToArray());
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_method_refuses_arguments_of_another_length(string name)
    {
        var method = Case(name);
        Properties.Hold(method.Arguments, arguments =>
        {
            for (var length = 0; length < arguments.Length; length++)
            {
                var error = Assert.Throws<ConnectionException>(() => method.RoundTrip(arguments[..length]));
                Assert.Equal(ReplyCode.FrameError, error.Code);
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
            }

            Assert.Equal(ReplyCode.FrameError, Assert.Throws<ConnectionException>(() => method.RoundTrip([.. arguments, 0])).Code);
        }, testsMax: 50);
    }

    [Fact]
    public void A_short_string_must_be_UTF8()
    {
        var error = Assert.Throws<ConnectionException>(() => BasicCancelOk.Read([2, 0xC3, 0x28]).EncodedBytes);
        Assert.Equal("FRAME_ERROR - Malformed UTF-8 in shortstr", error.Message);
    }

    [Fact]
    public void A_long_string_cannot_claim_more_than_there_is() =>
        Assert.Throws<ConnectionException>(() => ConnectionSecure.Read([0xFF, 0xFF, 0xFF, 0xFF]).EncodedBytes);

    [Fact]
    public void A_short_string_of_256_bytes_cannot_be_written() => Assert.Throws<ArgumentOutOfRangeException>(() =>
    {
        var method = new BasicCancelOk(new byte[256]);
        method.WriteTo(new byte[method.EncodedBytes]);
    });

    [Fact]
    public void The_ticket_is_ignored()
    {
        var arguments = Convert.FromHexString("FFFF" + "0165" + "0172" + "01");
        var publish = BasicPublish.Read(arguments);

        Assert.Equal("e"u8, publish.Exchange);
        Assert.Equal("r"u8, publish.RoutingKey);
        Assert.True(publish.Mandatory);
        Assert.False(publish.Immediate);
    }

    [Fact]
    public void Names_and_ids_agree_with_the_description()
    {
        Assert.Equal(66, MethodCase.All.Count);
        foreach (var owner in MethodCase.ReadDescription().Classes)
        {
            foreach (var method in owner.Methods)
            {
                var id = (AmqpMethod)((uint)owner.Id << 16 | method.Id);
                Assert.True(id.IsKnown());
                Assert.Equal($"{owner.Name}.{method.Name}", id.Name());
                Assert.Equal((owner.Id, method.Id), (id.ClassId(), id.MethodId()));
                Assert.Equal(method.Content, id.HasContent());
            }
        }
    }

    [Fact]
    public void An_unknown_method_is_named_by_its_ids()
    {
        Assert.True(MethodHeader.TryRead([0, 60, 0, 99], out var method, out _));
        Assert.False(method.IsKnown());
        Assert.False(method.HasContent());
        Assert.Equal("method 60.99", method.Name());
        Assert.False(MethodHeader.TryRead([0, 60, 0], out _, out _));
    }

    [Fact]
    public void The_generated_files_are_up_to_date()
    {
        var folder = Path.Combine(Repository.Root, "src/HareMQ.Protocol/Methods");
        var generated = MethodGenerator.Generate(MethodCase.ReadDescription());
        foreach (var (name, text) in generated) Assert.Equal(text, File.ReadAllText(Path.Combine(folder, name)));
        var present = Directory.GetFiles(folder, "*.Generated.cs").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(generated.Keys.Order(StringComparer.Ordinal), present);
    }

    private static MethodCase Case(string name) => MethodCase.All.Single(method => method.Name == name);
}
