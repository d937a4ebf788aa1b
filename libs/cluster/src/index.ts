export type {
  Engine,
  EngineFormat,
  EngineGroup,
  EngineQuestion,
  EngineStats,
  EngineSum,
} from './engine/engine.ts'
export { SparkConnect } from './engine/sparkConnect.ts'
