import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { readConfig } from '#models/z-image/config.ts';
import { graphNames, modelGraphs, openModelWeights } from '#models/z-image/sessions.ts';
import { Graph } from '#src/onnx/graph.ts';
import { tinyModel } from '../../helpers/golden.ts';

describe('an emitted graph', () => {
  it('is read back by another implementation of the format, byte for byte', () => {
    const graphs = modelGraphs(readConfig(tinyModel), openModelWeights(tinyModel));
    for (const name of graphNames) {
      const bytes = graphs[name]('mapped');
      const decoded = fromBinary(ModelProtoSchema, bytes);
      assert.deepEqual(Buffer.from(toBinary(ModelProtoSchema, decoded)), Buffer.from(bytes));
    }
  });

  it('keeps every weight outside: all graphs of a model are far below a megabyte', () => {
    const graphs = modelGraphs(readConfig(tinyModel), openModelWeights(tinyModel));
    const bytes = graphNames.reduce((sum, name) => sum + graphs[name]('expanded').length, 0);
    assert.ok(bytes < 300_000, `${bytes} bytes`);
  });

  it('points into the file with location, offset and length', () => {
    const weights = openModelWeights(tinyModel).transformer;
    const graph = new Graph('one');
    const x = graph.input('x', 'float32', ['n', 1, 96]);
    graph.output('y', graph.add(x, graph.weight(weights, 'x_pad_token', [1, 96])), ['n', 1, 96]);
    const { graph: decoded } = fromBinary(ModelProtoSchema, graph.encode());
    const [tensor] = decoded?.initializer ?? [];
    const weight = weights.require('x_pad_token', [1, 96]);
    const entries = Object.fromEntries(
      tensor?.externalData.map(({ key, value }) => [key, value]) ?? [],
    );
    assert.deepEqual(entries, {
      location: weight.file.slice(1),
      offset: String(weight.offset),
      length: String(weight.length),
    });
    assert.equal(tensor?.dataType, 16);
  });

  it('writes negative integers, floats and strings as attributes', () => {
    const graph = new Graph('attributes');
    const x = graph.input('x', 'float32', ['n']);
    graph.output(
      'y',
      graph.op('Test', [x], { axis: -1, epsilon: { float: 0.5 }, mode: 'nearest', pads: [0, -2] }),
      ['n'],
    );
    const { graph: decoded } = fromBinary(ModelProtoSchema, graph.encode());
    const attributes = decoded?.node[0]?.attribute.map(({ name, i, f, s, ints }) => ({
      name, i, f, s: Buffer.from(s).toString(), ints,
    })); // prettier-ignore
    assert.deepEqual(attributes, [
      { name: 'axis', i: -1n, f: 0, s: '', ints: [] },
      { name: 'epsilon', i: 0n, f: 0.5, s: '', ints: [] },
      { name: 'mode', i: 0n, f: 0, s: 'nearest', ints: [] },
      { name: 'pads', i: 0n, f: 0, s: '', ints: [0n, -2n] },
    ]);
  });
});
