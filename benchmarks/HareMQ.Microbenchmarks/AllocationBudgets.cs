using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace HareMQ.Microbenchmarks;

/// <summary>
/// Holds every benchmark's allocation to a number in a file. Times differ from machine to machine; bytes do not, so they can fail a build.
/// </summary>
internal static class AllocationBudgets
{
    private const int WarmUpOperations = 2_000;
    private const int MeasuredOperations = 20_000;

    /// <summary>What the runtime does by itself now and then (tiering, a grown table) is spread over the operations.</summary>
    private const double ToleranceBytes = 0.5;

    /// <returns>False when a benchmark allocates more than it may, has no budget, or a budget has no benchmark.</returns>
    public static bool Check(string path)
    {
        var budgets = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path))
            ?? throw new InvalidDataException($"{path} holds no budgets.");
        var failed = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, operation, operationsPerCall) in Operations())
        {
            names.Add(name);
            var bytes = Measure(operation) / operationsPerCall;
            if (!budgets.TryGetValue(name, out var allowed)) failed += Report($"{name}: {bytes:F1} bytes, and no budget in {path}");
            else if (bytes > allowed + ToleranceBytes) failed += Report($"{name}: {bytes:F1} bytes, {allowed} are allowed");
            else if (bytes < allowed - ToleranceBytes) Console.WriteLine($"    {name}: {bytes:F1} bytes; its budget of {allowed} could be lowered");
        }

        foreach (var name in budgets.Keys.Where(name => !names.Contains(name))) failed += Report($"{name}: has a budget, and is no benchmark");
        Console.WriteLine($"{names.Count - failed} passed, {failed} failed, 0 skipped");
        return failed == 0;
    }

    private static int Report(string text)
    {
        Console.WriteLine($"    {text}");
        return 1;
    }

    private static double Measure(Action operation)
    {
        for (var i = 0; i < WarmUpOperations; i++) operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < MeasuredOperations; i++) operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)MeasuredOperations;
    }

    private static IEnumerable<(string Name, Action Operation, int OperationsPerCall)> Operations()
    {
        foreach (var type in typeof(AllocationBudgets).Assembly.GetTypes().OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            var methods = type.GetMethods().Where(method => method.IsDefined(typeof(BenchmarkAttribute))).ToArray();
            if (methods.Length == 0) continue;
            foreach (var values in Combinations([.. type.GetProperties().Where(property => property.IsDefined(typeof(ParamsAttribute)))]))
            {
                foreach (var method in methods)
                {
                    var subject = Activator.CreateInstance(type)!;
                    foreach (var (property, value) in values) property.SetValue(subject, value);
                    type.GetMethods().SingleOrDefault(setup => setup.IsDefined(typeof(GlobalSetupAttribute)))?.Invoke(subject, null);
                    var parameters = string.Join(", ", values.Select(pair => $"{pair.Property.Name}={pair.Value}"));
                    var name = $"{type.Name}.{method.Name}" + (parameters.Length > 0 ? $"({parameters})" : "");
                    yield return (name, Compile(subject, method), method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke);
                    (subject as IDisposable)?.Dispose();
                }
            }
        }
    }

    private static IEnumerable<IReadOnlyList<(PropertyInfo Property, object? Value)>> Combinations(PropertyInfo[] properties)
    {
        if (properties.Length == 0) return [[]];
        var values = properties[0].GetCustomAttribute<ParamsAttribute>()!.Values;
        return values.SelectMany(value => Combinations(properties[1..]).Select(
            rest => (IReadOnlyList<(PropertyInfo, object?)>)[(properties[0], value), .. rest]));
    }

    /// <summary>A direct call: the result is dropped, and nothing is boxed.</summary>
    private static Action Compile(object subject, MethodInfo method) =>
        Expression.Lambda<Action>(Expression.Block(typeof(void), Expression.Call(Expression.Constant(subject), method))).Compile();
}
