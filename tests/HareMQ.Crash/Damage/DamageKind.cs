using System.Globalization;

namespace HareMQ.Crash.Damage;

/// <summary>A way in which files are damaged.</summary>
internal sealed record DamageKind(string Name, Func<StoreFiles, Random, Damaged> Deal)
{
    private const int PageBytes = 4096;

    public static IReadOnlyList<DamageKind> All { get; } =
    [
        new("garbage behind the tail's file", AppendGarbage),
        new("garbage behind the tail's last block", WriteGarbage),
        new("tail cut", CutTail),
        new("last block torn", TearLastBlock),
        new("page of the tail zeroed", ZeroPage),
        new("block of the tail zeroed", ZeroBlock),
        new("bit of a body flipped", (files, random) => FlipInRecord(files, random, record => record.BodyAt, record => record.End)),
        new("bit of a record header flipped", (files, random) => FlipInRecord(
            files, random, record => record.Offset, record => record.Offset + SegmentFile.RecordHeaderBytes)),
        new("bit of a block header flipped", FlipInBlockHeader),
        new("bit of a segment header flipped", (files, random) => FlipInFrame(files, random, _ => 0, SegmentFile.HeaderBytes)),
        new("bit of a footer flipped", (files, random) => FlipInFrame(
            files, random, segment => segment.FileBytes - SegmentFile.FooterBytes, SegmentFile.FooterBytes)),
        new("acknowledgements cut", CutAcknowledgements),
        new("bit of the acknowledgements flipped", FlipInAcknowledgements),
        new("definitions cut", CutDefinitions),
        new("bit of the last definitions flipped", FlipInDefinitions),
        new("bit of the definitions' header flipped", FlipInDefinitionsHeader),
    ];

    private static Damaged AppendGarbage(StoreFiles files, Random random)
    {
        FileDamage.Overwrite(files.Tail.Path, files.Tail.FileBytes, Garbage(random));
        return new Damaged();
    }

    private static Damaged WriteGarbage(StoreFiles files, Random random)
    {
        FileDamage.Overwrite(files.Tail.Path, files.Tail.End, Garbage(random));
        return new Damaged();
    }

    private static Damaged CutTail(StoreFiles files, Random random)
    {
        var tail = files.Tail;
        var at = random.NextInt64(SegmentFile.HeaderBytes, tail.End);
        FileDamage.Cut(tail.Path, at);
        var block = tail.Blocks.Single(block => block.Offset <= at && at < block.End);
        var lost = Damaged.Records(tail, at, tail.End);
        // Nobody can tell what was behind the end; what the cut went through must be told.
        return at > block.Offset + SegmentFile.BlockHeaderBytes && !tail.Records.Any(record => record.Offset == at)
            ? lost with { IsLoggedBy = Damaged.Records(tail, at - 1, at).IsLoggedBy }
            : lost with { IsLoggedBy = null };
    }

    private static Damaged TearLastBlock(StoreFiles files, Random random)
    {
        var block = files.Tail.Blocks[^1];
        var at = random.NextInt64(block.Offset + SegmentFile.BlockHeaderBytes, block.End - 1);
        return Zero(files.Tail, at, block.End);
    }

    private static Damaged ZeroPage(StoreFiles files, Random random)
    {
        var at = random.NextInt64(SegmentFile.HeaderBytes / PageBytes, files.Tail.Blocks[^1].Offset / PageBytes) * PageBytes;
        return Zero(files.Tail, Math.Max(at, SegmentFile.HeaderBytes), at + PageBytes);
    }

    /// <summary>Any but the last one: a file that ends before it looks the same.</summary>
    private static Damaged ZeroBlock(StoreFiles files, Random random)
    {
        var block = files.Tail.Blocks[random.Next(files.Tail.Blocks.Count - 1)];
        return Zero(files.Tail, block.Offset, block.End);
    }

    private static Damaged Zero(SegmentFile segment, long from, long to)
    {
        FileDamage.Overwrite(segment.Path, from, new byte[to - from]);
        // A block whose header is gone cannot be read: what of it was not zeroed is lost as well.
        var headless = segment.Blocks.Where(block => block.Offset < to && block.Offset + SegmentFile.BlockHeaderBytes > from);
        var zeroed = segment.Records.Where(record => record.Offset < to && record.End > from);
        return Damaged.Records(segment, zeroed.Union(headless.SelectMany(block => block.Records)), from, to);
    }

    private static Damaged FlipInRecord(StoreFiles files, Random random, Func<StoredRecord, long> from, Func<StoredRecord, long> to)
    {
        var segment = Pick(files.Sealed, random);
        var record = Pick([.. segment.Records], random);
        var at = random.NextInt64(from(record), to(record));
        FileDamage.FlipBit(segment.Path, at, random.Next(8));
        return Damaged.Records(segment, at, at + 1);
    }

    /// <summary>Its checksum tells which bit it was, so it costs nothing.</summary>
    private static Damaged FlipInBlockHeader(StoreFiles files, Random random)
    {
        var segment = Pick(files.Sealed, random);
        var block = Pick(segment.Blocks, random);
        FileDamage.FlipBit(segment.Path, random.NextInt64(block.Offset, block.Offset + SegmentFile.BlockHeaderBytes), random.Next(8));
        return new Damaged();
    }

    private static Damaged FlipInFrame(StoreFiles files, Random random, Func<SegmentFile, long> at, int bytes)
    {
        var segment = Pick(files.Sealed, random);
        FileDamage.FlipBit(segment.Path, at(segment) + random.Next(bytes), random.Next(8));
        return new Damaged();
    }

    private static Damaged CutAcknowledgements(StoreFiles files, Random random)
    {
        var path = Pick([.. files.Segments.Select(segment => segment.AckPath).Where(File.Exists)], random);
        FileDamage.Cut(path, random.NextInt64(new FileInfo(path).Length));
        // Where a block of entries ends, the file may end.
        return new Damaged { AcknowledgementsLost = true };
    }

    private static Damaged FlipInAcknowledgements(StoreFiles files, Random random)
    {
        var segment = Pick([.. files.Segments.Where(segment => File.Exists(segment.AckPath))], random);
        FileDamage.FlipBit(segment.AckPath, random.NextInt64(new FileInfo(segment.AckPath).Length), random.Next(8));
        var directory = Path.GetFileName(Path.GetDirectoryName(segment.Path))!;
        var place = string.Create(CultureInfo.InvariantCulture, $"segment {segment.Number} ");
        return new Damaged
        {
            AcknowledgementsLost = true,
            IsLoggedBy = line => line.Contains("acknowledgements", StringComparison.Ordinal)
                && line.Contains(directory, StringComparison.Ordinal) && line.Contains(place, StringComparison.Ordinal),
        };
    }

    private static Damaged CutDefinitions(StoreFiles files, Random random)
    {
        var definitions = files.Definitions;
        // Through a record: a file that ends between two looks as if it had never been longer.
        var first = definitions.Records[random.Next(definitions.Records.Count - DamagedStore.DefinedQueues, definitions.Records.Count)];
        var at = random.NextInt64(first.Offset + 1, first.End);
        FileDamage.Cut(definitions.Path, at);
        var lost = StoreFiles.QueuesMissingFrom(definitions.Records.Where(record => record.End <= at));
        return new Damaged { LostQueues = lost, IsLoggedBy = NamesDefinitions };
    }

    private static Damaged FlipInDefinitions(StoreFiles files, Random random)
    {
        var definitions = files.Definitions;
        var record = Pick([.. definitions.Records.TakeLast(DamagedStore.DefinedQueues)], random);
        FileDamage.FlipBit(definitions.Path, random.NextInt64(record.Offset, record.End), random.Next(8));
        var lost = StoreFiles.QueuesMissingFrom(definitions.Records.Where(other => other != record));
        return new Damaged { LostQueues = lost, IsLoggedBy = NamesDefinitions };
    }

    private static Damaged FlipInDefinitionsHeader(StoreFiles files, Random random)
    {
        FileDamage.FlipBit(files.Definitions.Path, random.Next(DefinitionsFile.HeaderBytes), random.Next(8));
        return new Damaged { IsLoggedBy = NamesDefinitions };
    }

    private static bool NamesDefinitions(string line) =>
        line.Contains("definitions.log: dropped ", StringComparison.Ordinal) && line.Contains(" bytes at ", StringComparison.Ordinal);

    private static T Pick<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];

    private static byte[] Garbage(Random random)
    {
        var garbage = new byte[random.Next(1, 3 * PageBytes)];
        random.NextBytes(garbage);
        return garbage;
    }
}
