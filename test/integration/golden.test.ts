import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import zImage from '#models/z-image.ts';
import { createConditioning } from '#models/z-image/conditioning.ts';
import { readConfig } from '#models/z-image/config.ts';
import { createSessions, openModelWeights } from '#models/z-image/sessions.ts';
import { loadChatTokenizer } from '#models/tokenizers/chat-tokenizer.ts';
import { createRuntime } from '#src/engine/runtime.ts';
import type { DrawEvent, DrawRequest, Pipeline } from '#src/types/model.ts';
import type { FloatTensor } from '#src/types/runtime.ts';
import { largestDifference, readGolden, readGoldenCase, tinyModel } from '../helpers/golden.ts';

const tolerance = 2e-4;

for (const placement of ['expanded', 'mapped'] as const) {
  describe(`the reference's numbers, weights ${placement}`, () => {
    let pipeline: Pipeline;
    before(async () => {
      pipeline = await zImage.load(await createRuntime({ device: 'cpu', placement }), tinyModel);
    });
    after(() => pipeline.dispose());

    for (const name of ['square', 'padded-cfg']) {
      it(`${name}: prompt embeddings, final latents and picture`, async () => {
        const { prompt, negative, width, height, steps, cfg, count } = readGoldenCase(name);
        const init = readGolden(name, 'init_latents');
        const request: DrawRequest = {
          prompt,
          negative,
          width,
          height,
          steps,
          cfg,
          seeds: Array.from({ length: count }, (_, i) => i),
          tile: 0,
          initLatents: {
            data: Float32Array.from(init.data),
            shape: init.shape as [number, number, number, number],
          },
          wantLatents: true,
        };
        const drawn: (DrawEvent & { type: 'candidate' })[] = [];
        for await (const event of pipeline.draw(request, new AbortController().signal)) {
          if (event.type === 'candidate') drawn.push(event);
        }
        assert.equal(drawn.length, count);

        const latents = drawn.flatMap((event) => [...(event.latents?.data ?? [])]);
        const latentsDifference = largestDifference(
          latents,
          readGolden(name, 'final_latents').data,
        );
        assert.ok(latentsDifference <= tolerance, `final latents differ by ${latentsDifference}`);

        const levels = drawn.flatMap((event) => [...event.picture.pixels]);
        const expected = readGolden(name, 'image').data.map((value) => Math.round(255 * value));
        const levelDifference = largestDifference(levels, expected);
        assert.ok(levelDifference <= 1, `pictures differ by ${levelDifference} levels`);
      });

      it(`${name}: prompt embeddings and the VAE's own output`, async () => {
        const runtime = await createRuntime({ device: 'cpu', placement });
        const config = readConfig(tinyModel);
        const sessions = createSessions(runtime, config, openModelWeights(tinyModel));
        const conditioning = createConditioning(config, sessions, loadChatTokenizer(tinyModel));
        const embeds = await conditioning.embedPrompt(readGoldenCase(name).prompt);
        const expected = readGolden(name, 'prompt_embeds');
        assert.deepEqual(embeds.dims, [1, ...expected.shape]);
        const difference = largestDifference(embeds.data, expected.data);
        assert.ok(difference <= tolerance, `prompt embeddings differ by ${difference}`);

        const latents = readGolden(name, 'final_latents');
        const decoder = await sessions.get('vaeDecoder');
        const { image } = await decoder.run({
          latents: { dims: latents.shape, data: Float32Array.from(latents.data) },
        });
        const unit = Array.from((image as FloatTensor).data, (v) =>
          Math.min(Math.max(v / 2 + 0.5, 0), 1),
        );
        const reference = readGolden(name, 'image');
        assert.deepEqual((image as FloatTensor).dims, reference.shape);
        const imageDifference = largestDifference(unit, reference.data);
        assert.ok(imageDifference <= tolerance, `the VAE's output differs by ${imageDifference}`);
        await sessions.release();
      });
    }
  });
}
