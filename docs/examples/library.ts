import { writeFileSync } from 'node:fs';
import { createGenerator } from 'quartet';

const generator = createGenerator({ model: 'pocket' });
const { images, seconds, metadata } = await generator.generate({
  prompt: 'a red apple, flat illustration',
  count: 2,
  seed: 7,
});
for (const { png, seed } of images) writeFileSync(`apple-${seed}.png`, png);
console.log(`${images.length} pictures in ${seconds.toFixed(1)} s on ${metadata.device}`);
await generator.close();
