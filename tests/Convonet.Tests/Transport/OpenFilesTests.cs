using Convonet.Server.Transport;

namespace Convonet.Tests.Transport;

/// <summary>How many connections a process takes that may have few files open. <c>host --row descriptors</c> of the campaigns shows it on one.</summary>
public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(null, 3000, 3000)]
    [InlineData(1_048_576, 3000, 3000)]
    [InlineData(1024, 3000, 128)]
    [InlineData(500, 3000, 16)]
    [InlineData(200, 7, 7)]
    public void Share_LeavesFilesForTheOtherKindAndForAllElse(int? limit, int wanted, int taken) => Assert.Equal(taken, OpenFiles.Share(limit, wanted));

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files", null)]
    [InlineData("Max processes             1024                 524288               processes", null)]
    [InlineData("", null)]
    public void Parse_WhatTheSystemSays(string limits, int? files) => Assert.Equal(files, OpenFiles.Parse(limits));
}
