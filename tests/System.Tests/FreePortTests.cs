namespace Pleiad.Outside.Tests;

public sealed class FreePortTests
{
    private const int OutgoingFrom = 32_768;

    [Fact]
    public void No_outgoing_connection_gets_one_and_nobody_gets_one_twice()
    {
        int[] ports = [.. Enumerable.Range(0, 100).Select(static _ => RunningProgram.FreePort())];
        Assert.All(ports, static port => Assert.InRange(port, 1024, OutgoingFrom - 1));
        Assert.Equal(ports.Length, ports.Distinct().Count());
    }
}
