using System.Text;

namespace Convonet.Speech.Flite;

/// <summary>Text for an engine that knows ASCII only: typographic marks and accented letters become their plain forms, all else a space.</summary>
internal static class AsciiText
{
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸ‘’“”–…";
    private const string Plain = "aaaaaaceeeeiiiinoooooouuuuyyAAAAAACEEEEIIIINOOOOOOUUUUYY''\"\"-,";

    public static string Of(string text)
    {
        if (Ascii.IsValid(text) && !text.Contains('\0'))
        {
            return text;
        }

        var ascii = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                'ß' => ascii.Append("ss"),
                'æ' or 'œ' => ascii.Append("ae"),
                '€' => ascii.Append(" euro "),
                '£' => ascii.Append(" pound "),
                '°' => ascii.Append(" degrees "),
                '—' => ascii.Append(", "),
                >= ' ' and <= '~' => ascii.Append(c),
                _ => ascii.Append(Accented.IndexOf(c, StringComparison.Ordinal) is >= 0 and var found ? Plain[found] : ' '),
            };
        }

        return ascii.ToString();
    }
}
