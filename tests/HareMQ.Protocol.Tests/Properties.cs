using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Protocol.Tests;

/// <summary>Runs a property over generated inputs; a failure prints the shrunk input and the seed.</summary>
internal static class Properties
{
        public static void Hold<T>(Gen<T> inputs, Action<T> property, int testsMax = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(testsMax), Prop.ForAll(inputs.ToArbitrary(), property));
}
