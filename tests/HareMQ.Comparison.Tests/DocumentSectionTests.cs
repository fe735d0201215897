using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Tests;

public sealed class DocumentSectionTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void What_stands_between_the_marks_is_replaced_and_nothing_else()
    {
        File.WriteAllText(_path, "before\n<!-- scale: begin -->\nold\n<!-- scale: end -->\nafter\n");
        DocumentSection.Replace(_path, "scale", "new\n\n");
        Assert.Equal("before\n<!-- scale: begin -->\nnew\n<!-- scale: end -->\nafter\n", File.ReadAllText(_path));
    }

    [Fact]
    public void A_document_without_the_marks_is_left_alone()
    {
        File.WriteAllText(_path, "nothing here\n");
        Assert.Throws<ComparisonException>(() => DocumentSection.Replace(_path, "scale", "new"));
        Assert.Equal("nothing here\n", File.ReadAllText(_path));
    }

    public void Dispose() => File.Delete(_path);
}
