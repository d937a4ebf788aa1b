// What worker threads use. Every worker loads its modules again, so this list is shorter than index.ts.
export { type Tasks, tasks } from './tasks.ts'
