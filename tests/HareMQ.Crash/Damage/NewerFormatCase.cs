using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using HareMQ.Crash.Brokers;

namespace HareMQ.Crash.Damage;

/// <summary>Files of a later version are not damaged and not to be touched: the broker says so in one line and does not start.</summary>
internal sealed class NewerFormatCase(string what, DamagedStore store, Action<StoreFiles> raise) : ICrashCase
{
    // Of the headers of segments and definitions alike.
    private const int VersionAt = 8;

    public string Name => $"damage: newer {what}";

    public static IEnumerable<ICrashCase> CreateAll(DamagedStore store) =>
    [
        new NewerFormatCase("store", store, files => File.WriteAllText(files.FormatPath, "haremq store 2\n")),
        new NewerFormatCase("segment", store, files => RaiseVersion(files.Segments[0].Path, SegmentFile.HeaderBytes - sizeof(uint))),
        new NewerFormatCase("definitions", store, files => RaiseVersion(files.Definitions.Path, 28)),
    ];

    public async Task RunAsync(CaseContext context)
    {
        await store.CopyToAsync(context.DataDirectory);
        raise(new StoreFiles(context.DataDirectory));
        var before = Fingerprint(context.DataDirectory);
        await using var broker = BrokerProcess.Launch(context.DataDirectory);
        await broker.RefusedToStartAsync("newer version");
        if (Fingerprint(context.DataDirectory) != before)
            throw new BrokenPromiseException("The broker changed files that it does not understand.");
    }

    private static void RaiseVersion(string path, int checksumAt)
    {
        var content = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(VersionAt), 99);
        var checksum = uint.MaxValue;
        foreach (var value in content.AsSpan(0, checksumAt)) checksum = BitOperations.Crc32C(checksum, value);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(checksumAt), ~checksum);
        File.WriteAllBytes(path, content);
    }

    private static string Fingerprint(string dataDirectory)
    {
        var files = Directory.GetFiles(dataDirectory, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".seg" or ".ack" or ".log").Order(StringComparer.Ordinal);
        return string.Join('\n', files.Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
    }
}
