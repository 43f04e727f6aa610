using System.ComponentModel.DataAnnotations;
using Convonet.Models;
using Convonet.Server.Usage;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Models;

public sealed class PriceTableTests
{
    private static readonly PriceTable Prices = new(Options());

    [Theory]
    [InlineData(1_000_000, 0, 0, 0, "1")]
    [InlineData(0, 1_000_000, 0, 0, "5")]
    [InlineData(1_000_000, 0, 1_000_000, 0, "0.1")]
    [InlineData(1_000_000, 0, 0, 1_000_000, "1.25")]
    [InlineData(1_000_000, 100_000, 500_000, 250_000, "1.1125")]
    [InlineData(1_000_001, 0, 0, 0, "2.000002")]
    [InlineData(2_000_000, 1_000_000, 2_000_000, 0, "14")]
    [InlineData(10, 0, 99, 99, "0.000001")]
    public void Of_EachKindOfToken_HasItsPrice(long input, long output, long cached, long written, string cost) =>
        Assert.Equal(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), Prices.Of("model-1", new(input, output, cached, written)));

    [Fact]
    public void Of_WhatIsNotInTheTable_IsNotKnown()
    {
        Assert.Null(Prices.Of("model-2", new(1, 1)));
        Assert.Null(Prices.OfSpeaking("deepgram", 10));
        Assert.Null(Prices.OfListening("deepgram", TimeSpan.FromSeconds(1)));
        Assert.Null(PriceTable.Empty.Of("gpt-6-luna", new(1, 1)));
    }

    [Fact]
    public void Of_Speech_IsByCharactersAndMinutes()
    {
        Assert.Equal(0.03m, Prices.OfSpeaking("Voice", 1_000));
        Assert.Equal(0.0025m, Prices.OfListening("ear", TimeSpan.FromSeconds(15)));
        Assert.Equal(0, Prices.OfSpeaking("flite", 1_000));
    }

    [Fact]
    public void Defaults_EachProvidersDefaultModel_HasAPrice()
    {
        var table = new PriceTable(new PriceOptions());
        string[] models = [new Convonet.Models.Gemini.GeminiOptions().Model, Convonet.Models.Claude.ClaudeOptions.DefaultModel, Convonet.Models.OpenAI.OpenAIOptions.DefaultModel];

        Assert.All(models, model => Assert.True(table.Of(model, new(1_000, 1_000)) > 0, model));
    }

    [Fact]
    public void Validate_WrongPrices_AreNamed()
    {
        var options = Options();
        options.Models["model-1"].Output = -1;
        options.Models["model-1"].LongPrompt!.CacheWrite = -1;
        options.Speaking["voice"] = -1;
        options.Currency = "dollars";
        var faults = new List<ValidationResult>();

        Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true);
        Assert.Equal("Convonet:Prices:Currency must be three capital letters, for example USD.", Assert.Single(faults).ErrorMessage);
        options.Currency = "EUR";
        faults.Clear();
        Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true);

        Assert.Equal(
            [
                "Convonet:Prices:Models:model-1:Output must be between 0 and 100,000.",
                "Convonet:Prices:Models:model-1:LongPrompt:CacheWrite must be between 0 and 100,000.",
                "Convonet:Prices:Speaking:voice must be between 0 and 100,000.",
            ],
            faults.Select(fault => fault.ErrorMessage));
    }

    /// <summary>A list price in dollars is none in another currency.</summary>
    [Theory]
    [InlineData("USD", 0.1, 0.5, 2.0)]
    [InlineData("EUR", null, 7, null)]
    public async Task Currency_OtherThanTheListPrices_KnowsOnlyWhatTheOperatorGives(string currency, double? haiku, double luna, double? sol)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration[$"{PriceOptions.Section}:Currency"] = currency;
        builder.Configuration[$"{PriceOptions.Section}:Models:gpt-6-luna:{(currency == "USD" ? "Input" : "Output")}"] = currency == "USD" ? "0.1" : "7";
        builder.AddUsage();
        await using var app = builder.Build();
        var table = app.Services.GetRequiredService<PriceTable>();

        Assert.Equal(currency, table.Currency);
        Assert.Equal((decimal?)haiku, table.Of("claude-haiku-5-5", new(1_000, 0)) * 1_000);
        Assert.Equal((decimal?)luna, table.Of("gpt-6-luna", new(0, 1_000_000)));
        Assert.Equal((decimal?)sol, table.Of("gpt-6-sol", new(1_000_000, 0)));
        Assert.Equal(0, table.OfSpeaking("flite", 1));
    }

    [Fact]
    public void Tally_SameAndOtherPurposes_AddsUpEachByItself()
    {
        var tally = new UsageTally(new PriceTable(new PriceOptions { Models = { ["first-1"] = new() { Input = 1, Output = 2 } } }));
        var (first, other) = (new ScriptedModel("first"), new ScriptedModel("second"));

        tally.Add(UsageKind.Answer, first, Call(new(1_000_000, 1, 7), new ModelUpdate.Completed(FinishReason.Stop)));
        tally.Add(UsageKind.Answer, first, Call(new(2_000_000, 1), new ModelUpdate.Completed(FinishReason.Stop)));
        tally.Add(UsageKind.Dropped, first, Call(null));
        tally.Add(UsageKind.Dropped, first, Call(new(1_000_000, 1), new ModelUpdate.TextDelta("123456789"), new ModelUpdate.ToolArgumentsDelta("c", "1234")));
        tally.Add(UsageKind.Answer, other, Call(new(5, 5), new ModelUpdate.Completed(FinishReason.Stop)));

        Assert.Equal(
            [
                new Used(UsageKind.Answer, "first", "first-1") { Calls = 2, InputTokens = 3_000_000, OutputTokens = 2, CachedInputTokens = 7, Cost = 3.000004m },
                new Used(UsageKind.Dropped, "first", "first-1") { UntoldCalls = 1 },

                // Of "Be brief." and "Hello" 14 characters; then of 13 written 4 tokens, of which one was told.
                new Used(UsageKind.Guessed, "first", "first-1") { Calls = 0, InputTokens = 4, OutputTokens = 3, Cost = 0.00001m },
                new Used(UsageKind.Dropped, "first", "first-1") { UntoldCalls = 1, InputTokens = 1_000_000, OutputTokens = 1, Cost = 1.000002m },
                new Used(UsageKind.Answer, "second", "second-1") { InputTokens = 5, OutputTokens = 5 },
            ],
            tally.All);
        Assert.Null(Used.CostOf(tally.All));
        Assert.Equal(5, tally.Take().Count);
        Assert.Empty(tally.All);
    }

    private static CallUse Call(ModelUpdate.Usage? told, params ModelUpdate[] said)
    {
        var use = new CallUse(new ModelRequest("call_1_0", "Be brief.", [new HistoryItem.UserMessage("Hello")], []));
        foreach (var one in said.Prepend<ModelUpdate?>(told).OfType<ModelUpdate>())
        {
            use.Saw(one);
        }

        return use;
    }

    private static PriceOptions Options() => new()
    {
        Models =
        {
            ["model-1"] = new()
            {
                Input = 1, Output = 5, CachedInput = 0.1m, CacheWrite = 1.25m, LongAbove = 1_000_000,
                LongPrompt = new() { Input = 2, Output = 10, CachedInput = 2 },
            },
        },
        Speaking = { ["voice"] = 30 },
        Listening = { ["ear"] = 0.01m },
    };
}
