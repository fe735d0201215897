using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HareMQ.Management.Http;

/// <summary>The parameters that all lists take: page, page_size, name, use_regex, sort, sort_reverse, columns.</summary>
internal sealed class ListQuery
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 500;
    private static readonly TimeSpan s_regexTimeout = TimeSpan.FromMilliseconds(100);

    private readonly string[][] _columns;
    private readonly string[]? _sort;
    private readonly bool _sortReverse;
    private readonly int? _page;
    private readonly int _pageSize = PageSizeDefault;
    private readonly Func<string, bool>? _filter;

    /// <exception cref="ApiException">400.</exception>
    public ListQuery(ApiRequest request)
    {
        _columns = request.Query("columns") is { Length: > 0 } columns ? [.. columns.Split(',').Select(column => column.Split('.'))] : [];
        _sort = request.Query("sort") is { Length: > 0 } sort ? sort.Split('.') : null;
        _sortReverse = request.Flag("sort_reverse");
        if (request.Query("page") is not { } page) return;
        var size = request.Query("page_size");
        _page = Number(page, int.MaxValue) ?? throw Invalid(page, size);
        if (size is not null) _pageSize = Number(size, PageSizeMax) ?? throw Invalid(page, size);
        if (request.Query("name") is { Length: > 0 } name) _filter = Filter(name, request.Flag("use_regex"));
    }

    public JsonObject Columns(JsonObject item)
    {
        if (_columns.Length == 0) return item;
        var kept = new JsonObject();
        foreach (var path in _columns) Copy(item, path, kept);
        return kept;
    }

    /// <summary>The items in their order, or one page of them with its frame.</summary>
    public JsonNode Apply(ApiList list)
    {
        var indices = Enumerable.Range(0, list.Count);
        if (_filter is not null) indices = indices.Where(index => _filter(list.NameOf(index)));
        var kept = indices.ToArray();
        if (_sort is not null) Sort(list, kept);
        if (_page is not { } page) return Render(list, kept);
        var pageCount = Math.Max(1, (kept.Length + _pageSize - 1) / _pageSize);
        if (page > pageCount)
            throw new ApiException(400, "page_out_of_range", $"Page out of range, page: {page} page size: {_pageSize}, len: {kept.Length}");
        var items = Render(list, kept.Skip((page - 1) * _pageSize).Take(_pageSize));
        return new JsonObject
        {
            ["filtered_count"] = kept.Length,
            ["item_count"] = items.Count,
            ["items"] = items,
            ["page"] = page,
            ["page_count"] = pageCount,
            ["page_size"] = _pageSize,
            ["total_count"] = list.Count,
        };
    }

    private JsonArray Render(ApiList list, IEnumerable<int> indices) => new([.. indices.Select(index => Columns(list.Render(index)))]);

    private void Sort(ApiList list, int[] indices)
    {
        var keys = new SortKey[indices.Length];
        for (var i = 0; i < indices.Length; i++) keys[i] = new SortKey(Find(list.Render(indices[i]), _sort!), i);
        Array.Sort(keys, indices);
        if (_sortReverse) Array.Reverse(indices);
    }

    private static int? Number(string text, int max) => int.TryParse(text, out var number) && number >= 1 && number <= max ? number : null;

    private static ApiException Invalid(string page, string? size) => new(
        400, "invalid_pagination_parameters", $"Invalid pagination parameters: page number {page}, page size {size ?? "undefined"}");

    private static Func<string, bool> Filter(string text, bool isRegex)
    {
        if (!isRegex) return name => name.Contains(text, StringComparison.OrdinalIgnoreCase);
        try
        {
            var regex = new Regex(text, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, s_regexTimeout);
            return name => regex.IsMatch(name);
        }
        catch (ArgumentException error)
        {
            throw ApiException.BadRequest($"name is not a regular expression: {error.Message}");
        }
    }

    private static JsonNode? Find(JsonNode? node, IEnumerable<string> path)
    {
        foreach (var name in path)
        {
            if (node is not JsonObject inner || !inner.TryGetPropertyValue(name, out node)) return null;
        }

        return node;
    }

    private static void Copy(JsonObject from, ReadOnlySpan<string> path, JsonObject to)
    {
        if (!from.TryGetPropertyValue(path[0], out var value)) return;
        if (path.Length == 1)
        {
            to[path[0]] = value?.DeepClone();
            return;
        }

        if (value is not JsonObject inner) return;
        if (to[path[0]] is not JsonObject target) to[path[0]] = target = new JsonObject();
        Copy(inner, path[1..], target);
    }

    /// <summary>
    /// Numbers before texts, both before what is missing, as Erlang orders them but for the missing; equal keys keep their order.
    /// </summary>
    private readonly struct SortKey(JsonNode? node, int order) : IComparable<SortKey>
    {
        private readonly int _kind = node is JsonValue value ? value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? 0 : 1 : 2;
        private readonly double _number = node is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? double.Parse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            : 0;

        private readonly string _text = node is JsonValue text ? text.ToString() : "";
        private readonly int _order = order;

        public int CompareTo(SortKey other)
        {
            if (_kind != other._kind) return _kind.CompareTo(other._kind);
            var result = _kind == 0 ? _number.CompareTo(other._number) : string.CompareOrdinal(_text, other._text);
            return result != 0 ? result : _order.CompareTo(other._order);
        }
    }
}
