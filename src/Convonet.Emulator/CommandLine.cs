using System.Globalization;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator;

/// <summary>What the command line says.</summary>
internal sealed record CommandLine(EmulatorOptions Options, IReadOnlyList<Script> Scripts, bool Help, bool Quiet)
{
    internal const string HelpText = """
        Emulates Gemini, Anthropic and OpenAI on 127.0.0.1 with an offline demo model.

          --port N          port (default 4010; 0 for any)
          --first-ms N      silence before the first byte of an answer (default 250)
          --gap-ms N        silence between two pieces of text (default 25)
          --split-bytes N   cut the stream into writes of 1 to N bytes
          --fault F         a fault for every request, e.g. 'stall;after=3;times=1'; may be repeated
          --script FILE     answers from a JSON file before the demo model's own
          --http2           HTTP/2 without TLS instead of HTTP/1.1
          --quiet           no line per request
          --help            this text

        Faults and the form of scripts: src/Convonet.Emulator/README.md.
        """;

    private const int DefaultPort = 4010;

    /// <exception cref="FormatException">An argument that does not exist, or a value that is wrong.</exception>
    internal static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine(new EmulatorOptions { Port = DefaultPort }, [], Help: false, Quiet: false);
        for (var i = 0; i < args.Count; i++)
        {
            line = args[i] switch
            {
                "--help" or "-h" => line with { Help = true },
                "--quiet" => line with { Quiet = true },
                "--http2" => line with { Options = line.Options with { Http2 = true } },
                var name when i + 1 < args.Count => line.With(name, args[++i]),
                var name => throw new FormatException($"'{name}' is unknown or lacks its value."),
            };
        }

        Faults.Fault.ParseAll(line.Options.Faults);
        return line;
    }

    private CommandLine With(string name, string value) => name switch
    {
        "--port" => this with { Options = Options with { Port = Number(name, value, ushort.MaxValue) } },
        "--first-ms" => this with { Options = Options with { FirstDelay = TimeSpan.FromMilliseconds(Number(name, value)) } },
        "--gap-ms" => this with { Options = Options with { Gap = TimeSpan.FromMilliseconds(Number(name, value)) } },
        "--split-bytes" => this with { Options = Options with { SplitBytes = Number(name, value) } },
        "--fault" => this with { Options = Options with { Faults = Options.Faults is null ? value : $"{Options.Faults},{value}" } },
        "--script" => this with { Scripts = [.. Scripts, .. ScriptFile.Parse(File.ReadAllText(value))] },
        _ => throw new FormatException($"'{name}' is unknown."),
    };

    private static int Number(string name, string value, int max = int.MaxValue) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new FormatException($"{name} has to be a whole number from 0 to {max}.");
}
