export { AppError, type ErrorCode, type Fault } from './errors.ts';
export {
  createGenerator,
  type GeneratedImage,
  type GenerateHooks,
  type GenerateRequest,
  type GenerateResult,
  type GenerationMetadata,
  type Generator,
  type GeneratorOptions,
} from './generator/generator.ts';
