using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace Convonet.Server;

/// <summary>
/// Settings that have a name or a number of their own, such as the price of a model or a question of a list: what the configuration cannot read there it leaves out, without a word. Elsewhere a wrong value stops the start, so here it
/// does too.
/// </summary>
internal static class NamedSettings
{
    /// <summary>What is wrong with those of one section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="type">Its options.</param>
    public static IEnumerable<string> Faults(IConfigurationSection section, Type type) => section.GetChildren().SelectMany(child =>
        PropertyOf(type, child.Key)?.PropertyType is not { } named ? []
        : typeof(IDictionary).IsAssignableFrom(named) && named.GetGenericArguments() is [_, var value] ? child.GetChildren().SelectMany(one => Faults(one, one.Key, value))
        : named == typeof(IList<string>) && child.Value is { Length: > 0 } ? [$"{child.Path} is a list: write {child.Path}:0, {child.Path}:1 and so on."]
        : []);

    private static IEnumerable<string> Faults(IConfigurationSection one, string name, Type type)
    {
        if (IsPlain(type))
        {
            return one.GetChildren().FirstOrDefault() is { } deeper ? [HasColon(deeper, name)] : Reads(type, one.Value) ? [] : [$"{one.Path} is '{one.Value}', which is no {NameOf(type)}."];
        }

        return one.Value is { Length: > 0 } ? [HasColon(one, name)] : one.GetChildren().SelectMany(child =>
            PropertyOf(type, child.Key) is { } property ? Faults(child, name, property.PropertyType) : [HasColon(one, name)]);
    }

    private static string HasColon(IConfigurationSection one, string name) => $"{one.Path} is not read: there is no such setting. In a name a ':' is written '_', as in {name}_latest.";

    private static bool IsPlain(Type type) => type == typeof(string) || type.IsValueType;

    private static bool Reads(Type type, string? value)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value ?? "") is not null || Nullable.GetUnderlyingType(type) is not null;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string NameOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var time when time == typeof(TimeSpan) => "time such as 00:00:05",
        var number when number == typeof(decimal) => "number such as 0.30",
        var other => other.Name,
    };

    private static PropertyInfo? PropertyOf(Type type, string name) => type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
}
