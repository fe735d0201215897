namespace Tour;

internal sealed record Topic(string Name, string Title, Func<IConnection, Guide, Task> RunAsync);
