namespace HareMQ.ProtocolGenerator;

/// <summary>Turns the description into the files of src/HareMQ.Protocol/Methods.</summary>
internal static class MethodGenerator
{
    /// <summary>The files' text by their names.</summary>
    public static IReadOnlyDictionary<string, string> Generate(ProtocolDescription protocol)
    {
        var files = new Dictionary<string, string> { ["AmqpMethod.Generated.cs"] = Ids(protocol) };
        foreach (var owner in protocol.Classes) files[$"{Names.Pascal(owner.Name)}Methods.Generated.cs"] = Structs(owner);
        return files;
    }

    private static string Structs(ClassDescription owner)
    {
        var code = new CodeWriter();
        code.Line();
        code.Line("using System.Buffers.Binary;");
        code.Line();
        code.Line("namespace HareMQ.Protocol;");
        foreach (var method in owner.Methods)
        {
            code.Line();
            MethodWriter.Write(code, owner, method);
        }

        return code.ToString();
    }

    private static string Ids(ProtocolDescription protocol)
    {
        var methods = protocol.Classes.SelectMany(static owner => owner.Methods.Select(method => (
            Owner: owner, Method: method, Name: Names.Pascal(owner.Name) + Names.Pascal(method.Name)))).ToList();
        var code = new CodeWriter();
        code.Line();
        code.Line("namespace HareMQ.Protocol;");
        code.Line();
        code.Line("/// <summary>Class id (high 16 bits), method id (low 16 bits). A value from the wire may be none of these.</summary>");
        code.Line("internal enum AmqpMethod : uint");
        code.Open();
        foreach (var (owner, method, name) in methods) code.Line($"{name} = {owner.Id} << 16 | {method.Id},");
        code.Close();
        code.Line();
        code.Line("internal static partial class AmqpMethods");
        code.Open();
        code.Line("private static string? KnownName(AmqpMethod method) => method switch");
        code.Open();
        foreach (var (owner, method, name) in methods) code.Line($"AmqpMethod.{name} => \"{owner.Name}.{method.Name}\",");
        code.Line("_ => null,");
        code.Close("};");
        code.Line();
        code.Line("/// <summary>Whether a content header and a body follow.</summary>");
        var content = methods.Where(static entry => entry.Method.Content).Select(static entry => $"AmqpMethod.{entry.Name}");
        code.Line("public static bool HasContent(this AmqpMethod method) =>");
        code.Indented($"method is {string.Join(" or ", content)};");
        code.Close();
        return code.ToString();
    }
}
