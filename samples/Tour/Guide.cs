namespace Tour;

/// <summary>Tells what happens, and checks that it really did: the tour is a test of its own.</summary>
internal sealed class Guide
{
    public int Failures { get; private set; }

    public void Say(string text) => Console.WriteLine($"   {text}");

    public void Expect<T>(string what, T expected, T actual)
    {
        if (EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Console.WriteLine($" ✓ {what}: {actual}");
            return;
        }
        Fail($"{what}: expected {expected}, got {actual}");
    }

    public void Fail(string what)
    {
        Failures++;
        Console.WriteLine($" ✗ {what}");
    }
}
