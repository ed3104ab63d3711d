/** Words that Chinese readers know as they are: names, values that are typed, units. */
const known = new Set(
  `AI AR API CFG cfg CPU cpu CUDA GB GIF HTTP ID JSON KB LoRA MB MiB PNG URL VAE Web https http
   Discord Slack Quartet English Pocket pocket Socket Mode
   en zh-CN imagine all anyone console default draft final large landscape none portrait requester square standard
   list save delete yes no flat cartoon sticker prompt size ar intents manifest
   Linux Cookie Docker GitHub
   quartet worker doctor Redis PostgreSQL Enter Shift Ctrl Tab Esc`.split(/\s+/),
);

/** English that was left in a Chinese text: whatever is no name, value, address or quoted label. */
export function englishWords(text: string, alsoKnown: string[] = []): string[] {
  const bare = text
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/https?:\/\/\S+/g, ' ')
    .replaceAll(/“[\x20-\x7e→]+”/g, ' ')
    .replaceAll(/(?:^|(?<=[\s（。，：；、？！]))(?:--|\/)[\w-]+/g, ' ')
    .replaceAll(/[A-Z][A-Z_]*_[A-Z_]+|\w+:\w+/g, ' ');
  const words = bare.match(/[A-Za-z][A-Za-z-]+/g) ?? [];
  return words.filter((word) => !known.has(word) && !alsoKnown.includes(word));
}
