using System.Globalization;
using System.Text;

namespace Convonet.Load.Report;

/// <summary>One small chart of two curves over the number of sessions, as SVG that is read in light and dark.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">Of its values.</param>
/// <param name="Sessions">Where something was measured, ascending.</param>
/// <param name="Curves">A name and its values, one for each place.</param>
internal sealed record Plot(string Title, string Unit, IReadOnlyList<int> Sessions, IReadOnlyList<(string Name, double[] Values)> Curves)
{
    private const int Width = 420;
    private const int Height = 260;
    private const int Left = 60;
    private const int Top = 48;
    private const int Right = 14;
    private const int Bottom = 44;

    private static readonly string[] Colors = ["#2b7de9", "#d9541e"];

    /// <summary>Writes charts below one another.</summary>
    public static Task WriteAsync(string path, IReadOnlyList<Plot> plots)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {plots.Count * Height}" width="{Width * 1.6}" font-family="sans-serif" font-size="11" fill="#777" stroke-width="1.5">

            """);
        foreach (var (index, plot) in plots.Index())
        {
            plot.Draw(svg, index * Height);
        }

        return File.WriteAllTextAsync(path, svg.Append("</svg>\n").ToString());
    }

    private void Draw(StringBuilder svg, int y)
    {
        var top = Curves.Max(curve => curve.Values.Max()) is var most and > 0 ? most * 1.05 : 1;
        double X(int sessions) => Left + ((Width - Left - Right) * (double)sessions / Sessions[^1]);
        double Y(double value) => y + Height - Bottom - ((Height - Top - Bottom) * value / top);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{y + 16}\" font-weight=\"bold\">{Title}</text>\n");
        foreach (var part in (double[])[0, 0.5, 1])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(top * part):0.#}H{Width - Right}\" stroke=\"#777\" stroke-opacity=\".3\"/><text x=\"{Left - 6}\" y=\"{Y(top * part) + 4:0.#}\" text-anchor=\"end\">{top * part:0.##} {Unit}</text>\n");
        }

        foreach (var sessions in Sessions.Where(one => one >= Sessions[^1] / 8))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(sessions):0.#}\" y=\"{y + Height - Bottom + 16}\" text-anchor=\"middle\">{sessions}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{y + Height - Bottom + 32}\" text-anchor=\"end\">sessions at once</text>\n");
        foreach (var (index, (name, values)) in Curves.Index())
        {
            var points = string.Join(' ', values.Select((value, at) => string.Create(CultureInfo.InvariantCulture, $"{X(Sessions[at]):0.#},{Y(value):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colors[index]}\"/><text x=\"{Left + (index * 150)}\" y=\"{y + 34}\" fill=\"{Colors[index]}\">{name}</text>\n");
        }
    }
}
