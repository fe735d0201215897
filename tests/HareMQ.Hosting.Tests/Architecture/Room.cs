using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using HareMQ.Hosting.Tests.Server;

namespace HareMQ.Hosting.Tests.Architecture;

/// <summary>A built assembly of ours, read without loading it.</summary>
/// <param name="References">Other rooms.</param>
/// <param name="Libraries">What comes neither from us nor with the runtime.</param>
internal sealed record Room(
    string Name, IReadOnlyCollection<string> References, IReadOnlyCollection<string> Libraries, IReadOnlyCollection<string> PublicTypes)
{
    private static readonly HashSet<string> s_runtime =
    [
        .. Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path)!),
    ];

    /// <summary>Those beside the tests, the tests themselves left out, and the programs.</summary>
    public static IReadOnlyCollection<Room> ReadAll() =>
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path => IsOurs(Path.GetFileNameWithoutExtension(path)))
            .Append(ServerProcess.ProgramPath)
            .Append(ProgramPath("PerfProgram"))
            .Append(ProgramPath("ControlProgram"))
            .Select(Read),
    ];

    private static bool IsOurs(string name) =>
        name.StartsWith("HareMQ", StringComparison.OrdinalIgnoreCase) && !name.EndsWith(".Tests", StringComparison.Ordinal)
        && name != "HareMQ.Testing";

    private static bool IsLibrary(string name) => !IsOurs(name) && !s_runtime.Contains(name);

    private static string ProgramPath(string key) => typeof(Room).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    private static Room Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var references = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToArray();
        var types = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");
        var name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        return new Room(name, [.. references.Where(IsOurs)], [.. references.Where(IsLibrary)], [.. types]);
    }
}
