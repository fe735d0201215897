namespace HareMQ.ProtocolGenerator;

/// <summary>Writes one method as a readonly ref struct.</summary>
internal static class MethodWriter
{
    private const int ColumnsMax = 140;

    public static void Write(CodeWriter code, ClassDescription owner, MethodDescription method)
    {
        var name = Names.Pascal(owner.Name) + Names.Pascal(method.Name);
        var visible = method.ParsedArguments.Where(static argument => !argument.IsTicket).ToList();
        WriteSummary(code, owner, method);
        WriteDeclaration(code, name, visible);
        code.Open();
        code.Line($"public const ushort ClassId = {owner.Id};");
        code.Line($"public const ushort MethodId = {method.Id};");
        code.Line($"public const AmqpMethod Id = AmqpMethod.{name};");
        foreach (var argument in visible)
        {
            code.Line();
            code.Line($"public {argument.CSharpType} {Names.Pascal(argument.Name)} {{ get; }} = {Names.Camel(argument.Name)};");
        }

        code.Line();
        code.Line($"public int EncodedBytes => {EncodedBytes(method)};");
        code.Line();
        code.Line("public int FrameBytes => EncodedBytes + Frame.OverheadBytes;");
        code.Line();
        WriteRead(code, name, method, visible);
        code.Line();
        WriteWriteTo(code, method);
        code.Line();
        code.Line("public int WriteFrame(Span<byte> destination, ushort channel) => FrameWriter.WriteMethod(this, destination, channel);");
        code.Close();
    }

    private static void WriteSummary(CodeWriter code, ClassDescription owner, MethodDescription method)
    {
        var traits = (method.Synchronous ? " Synchronous." : "") + (method.Content ? " Followed by content." : "");
        code.Line($"/// <summary>{owner.Name}.{method.Name} ({owner.Id}, {method.Id}).{traits}</summary>");
    }

    private static void WriteDeclaration(CodeWriter code, string name, List<Argument> visible)
    {
        if (visible.Count == 0)
        {
            code.Line($"internal readonly ref struct {name} : IAmqpMethod<{name}>");
            return;
        }

        var parameters = string.Join(", ", visible.Select(static argument => $"{argument.CSharpType} {Names.Camel(argument.Name)}"));
        var declaration = $"internal readonly ref struct {name}({parameters}) : IAmqpMethod<{name}>";
        if (declaration.Length <= ColumnsMax)
        {
            code.Line(declaration);
            return;
        }

        code.Line($"internal readonly ref struct {name}(");
        for (var i = 0; i < visible.Count; i++)
        {
            var end = i == visible.Count - 1 ? $") : IAmqpMethod<{name}>" : ",";
            code.Indented($"{visible[i].CSharpType} {Names.Camel(visible[i].Name)}{end}");
        }
    }

    private static string EncodedBytes(MethodDescription method)
    {
        const int idBytes = 4;
        var fixedBytes = idBytes;
        var lengths = "";
        foreach (var run in method.Runs)
        {
            fixedBytes += run[0].IsBit ? 1 : run[0].FixedBytes;
            if (run[0].IsShortString || run[0].IsLongString) lengths += $" + {Names.Pascal(run[0].Name)}.Length";
        }

        return fixedBytes + lengths;
    }

    private static void WriteRead(CodeWriter code, string name, MethodDescription method, List<Argument> visible)
    {
        code.Line($"public static {name} Read(ReadOnlySpan<byte> encoded)");
        code.Open();
        code.Line("var reader = new ArgumentReader(encoded, Id);");
        foreach (var run in method.Runs) WriteReadRun(code, run);
        code.Line("reader.End();");
        var values = string.Join(", ", visible.Select(static argument => Names.Camel(argument.Name)));
        code.Line($"return new {name}({values});");
        code.Close();
    }

    private static void WriteReadRun(CodeWriter code, IReadOnlyList<Argument> run)
    {
        if (run[0].IsBit)
        {
            // Named after its first flag, because a method may have several such octets.
            var octet = Names.Camel(run[0].Name).TrimStart('@') + "Bits";
            code.Line($"var {octet} = reader.ReadOctet();");
            for (var bit = 0; bit < run.Count; bit++) code.Line($"var {Names.Camel(run[bit].Name)} = ({octet} & {1 << bit}) != 0;");
            return;
        }

        var reader = run[0].Type switch
        {
            "octet" => "ReadOctet",
            "short" or "ticket" => "ReadShort",
            "long" => "ReadLong",
            "longlong" => "ReadLongLong",
            "shortstr" => "ReadShortString",
            _ => "ReadLongString",
        };
        code.Line(run[0].IsTicket ? $"reader.{reader}();" : $"var {Names.Camel(run[0].Name)} = reader.{reader}();");
    }

    private static void WriteWriteTo(CodeWriter code, MethodDescription method)
    {
        code.Line("public void WriteTo(Span<byte> destination)");
        code.Open();
        code.Line("BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Id);");
        var offset = 4;
        var runs = method.Runs;
        for (var i = 0; i < runs.Count; i++)
        {
            var argument = runs[i][0];
            var value = Names.Pascal(argument.Name);
            var target = offset == 0 ? "destination" : $"destination[{offset}..]";
            if (argument.IsShortString || argument.IsLongString)
            {
                var write = $"ArgumentWriter.Write{(argument.IsShortString ? "Short" : "Long")}String({target}, {value});";
                code.Line(i == runs.Count - 1 ? write : "destination = " + write);
                offset = 0;
                continue;
            }

            code.Line(argument.Type switch
            {
                "bit" => $"destination[{offset}] = {BitOctet(runs[i])};",
                "octet" => $"destination[{offset}] = {value};",
                "short" => $"BinaryPrimitives.WriteUInt16BigEndian({target}, {value});",
                "ticket" => $"BinaryPrimitives.WriteUInt16BigEndian({target}, 0);",
                "long" => $"BinaryPrimitives.WriteUInt32BigEndian({target}, {value});",
                _ => $"BinaryPrimitives.WriteUInt64BigEndian({target}, {value});",
            });
            offset += argument.IsBit ? 1 : argument.FixedBytes;
        }

        code.Close();
    }

    private static string BitOctet(IReadOnlyList<Argument> bits)
    {
        if (bits.Count == 1) return $"(byte)({Names.Pascal(bits[0].Name)} ? 1 : 0)";
        return $"(byte)({string.Join(" | ", bits.Select(static (bit, index) => $"({Names.Pascal(bit.Name)} ? {1 << index} : 0)"))})";
    }
}
