using System.Text.Json.Nodes;

namespace HareMQ.Management.Http;

/// <summary>A list whose items are rendered when they are written: of a page of 100 queues out of 50,000 only those 100.</summary>
internal abstract class ApiList
{
    public abstract int Count { get; }

    /// <summary>What <c>?name=</c> looks at.</summary>
    public abstract string NameOf(int index);

    public abstract JsonObject Render(int index);

    public static ApiList Of<T>(IEnumerable<T> items, Func<T, JsonObject> render, Func<T, string>? nameOf = null) =>
        new Items<T>([.. items], render, nameOf ?? (static _ => ""));

    private sealed class Items<T>(IReadOnlyList<T> items, Func<T, JsonObject> render, Func<T, string> nameOf) : ApiList
    {
        public override int Count => items.Count;

        public override string NameOf(int index) => nameOf(items[index]);

        public override JsonObject Render(int index) => render(items[index]);
    }
}
