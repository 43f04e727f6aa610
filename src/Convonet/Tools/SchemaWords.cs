using NJsonSchema;
using NJsonSchema.Validation;

namespace Convonet.Tools;

/// <summary>Says in plain words what is wrong with a call's arguments: models correct themselves by it, and people read it too.</summary>
internal static class SchemaWords
{
    private const int MostValuesTold = 12;

    /// <summary>What is wrong, as the end of a sentence.</summary>
    public static string Of(ValidationError error)
    {
        var place = error.Path is null or "" or "#" or "#/" ? "the whole" : error.Path.TrimStart('#', '/');
        return $"{place} {Of(error.Kind, error.Schema)}";
    }

    private static string Of(ValidationErrorKind kind, JsonSchema schema) => kind switch
    {
        ValidationErrorKind.PropertyRequired => "is missing",
        ValidationErrorKind.StringExpected => "must be a text",
        ValidationErrorKind.NumberExpected => "must be a number",
        ValidationErrorKind.IntegerExpected => "must be a whole number",
        ValidationErrorKind.BooleanExpected => "must be true or false",
        ValidationErrorKind.ObjectExpected => "must be an object",
        ValidationErrorKind.ArrayExpected => "must be a list",
        ValidationErrorKind.NullExpected => "must be null",
        ValidationErrorKind.NotInEnumeration when schema.Enumeration.Count is > 0 and <= MostValuesTold => $"must be one of {string.Join(", ", schema.Enumeration)}",
        ValidationErrorKind.StringTooShort => $"is too short: at least {schema.MinLength} characters",
        ValidationErrorKind.StringTooLong => $"is too long: at most {schema.MaxLength} characters",
        ValidationErrorKind.NumberTooSmall when schema.Minimum is { } least => $"is too small: at least {least}",
        ValidationErrorKind.NumberTooBig when schema.Maximum is { } most => $"is too big: at most {most}",
        ValidationErrorKind.IntegerTooBig => "is too big",
        ValidationErrorKind.TooFewItems => $"has too few items: at least {schema.MinItems}",
        ValidationErrorKind.TooManyItems => $"has too many items: at most {schema.MaxItems}",
        ValidationErrorKind.DateTimeExpected => "must be a date and a time",
        ValidationErrorKind.DateExpected => "must be a date",
        ValidationErrorKind.TimeExpected => "must be a time",
        ValidationErrorKind.UriExpected => "must be an address",
        ValidationErrorKind.EmailExpected => "must be an e-mail address",
        ValidationErrorKind.GuidExpected or ValidationErrorKind.UuidExpected => "must be an id",
        ValidationErrorKind.NoAdditionalPropertiesAllowed => "is not among the parameters",
        ValidationErrorKind.NoTypeValidates => "must be " + string.Join(" or ", Types.Where(type => schema.Type.HasFlag(type.Type)).Select(type => type.Words)),
        _ => "does not fit",
    };

    private static readonly (JsonObjectType Type, string Words)[] Types =
    [
        (JsonObjectType.String, "a text"), (JsonObjectType.Integer, "a whole number"), (JsonObjectType.Number, "a number"), (JsonObjectType.Boolean, "true or false"),
        (JsonObjectType.Object, "an object"), (JsonObjectType.Array, "a list"), (JsonObjectType.Null, "null"),
    ];
}
