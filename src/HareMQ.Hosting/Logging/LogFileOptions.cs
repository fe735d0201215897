namespace HareMQ.Hosting;

/// <summary>The server program's log as a file, beside or instead of the one on standard error.</summary>
internal sealed class LogFileOptions
{
    /// <summary>Null: there is none.</summary>
    public string? Name { get; set; }

    /// <summary>Where a name without a directory belongs; null: in the working directory.</summary>
    public string? Directory { get; set; }

    /// <summary>The size above which the file is put aside; 0: never.</summary>
    public long BytesMax { get; set; }

    /// <summary>When it is put aside, however small it is; null: never.</summary>
    public RotationSchedule? Schedule { get; set; }

    /// <summary>How many older ones are kept.</summary>
    public int Count { get; set; } = 10;

    public ConsoleLogOptions Log { get; } = new();

    public string? Path => Name is null ? null : System.IO.Path.Combine(Directory ?? "", Name);

    /// <exception cref="ConfigurationException">It cannot be written.</exception>
    public RotatingFile? Open(TimeProvider time)
    {
        if (Path is not { } path) return null;
        try
        {
            return new RotatingFile(path, BytesMax, Count, Schedule, time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"log.file: {path} cannot be written: {error.Message}");
        }
    }
}
