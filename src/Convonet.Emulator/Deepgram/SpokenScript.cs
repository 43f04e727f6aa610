namespace Convonet.Emulator.Deepgram;

/// <summary>What the emulated recogniser hears next.</summary>
/// <param name="Text">The words of one utterance; at a <c>|</c> there is a pause, which settles the words before it.</param>
/// <param name="Faults">Faults of the connection that hears it, in the form of the <c>x-emulator-fault</c> header; null for none.</param>
public sealed record SpokenScript(string Text, string? Faults = null);
