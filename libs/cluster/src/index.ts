export type { Cluster } from './cluster.ts'
export { ClusterTable } from './clusterTable.ts'
export type {
  Engine,
  EngineFormat,
  EngineGroup,
  EngineQuestion,
  EngineStats,
  EngineSum,
} from './engine/engine.ts'
export { openEngine } from './engine/openEngine.ts'
export { SparkConnect } from './engine/sparkConnect.ts'
export { inlineWorkers } from './inlineWorkers.ts'
export { type Migrated, migrate } from './migration.ts'
export { migrateBack } from './migrationBack.ts'
export {
  type ClusterOptions,
  type DataOptions,
  type OpenCluster,
  openCluster,
  openData,
} from './openCluster.ts'
export { repairUpload } from './repair.ts'
export type { Tasks, Workers } from './tasks.ts'
export { type ObjectDamage, verifyObjects } from './verification.ts'
