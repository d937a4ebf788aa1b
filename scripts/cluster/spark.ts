import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installSpark, jarsOfSparkS3, sparkFolder } from './install.ts'
import { freePort, type Part, ProcessPart } from './part.ts'

const LOCAL = '127.0.0.1'
const WORKERS = 2

/** Makes a Spark of a master, two workers and the Connect server, which reads the objects of an S3 store. `kill` ends the Connect server. */
export async function makeSpark(
  store: { endpoint: string; credentials: Record<string, string> },
  directory: string,
): Promise<Part> {
  installSpark()
  mkdirSync(directory, { recursive: true })
  const env = {
    SPARK_HOME: sparkFolder,
    SPARK_LOCAL_IP: LOCAL,
    SPARK_LOCAL_DIRS: directory,
    ...store.credentials,
  }
  const program = (name: string, port: number, args: readonly string[], ready?: RegExp) =>
    new ProcessPart({
      name,
      port,
      command: join(sparkFolder, 'bin/spark-class'),
      args,
      env,
      ...(ready && { ready }),
    })
  const masterPort = await freePort()
  const address = `spark://${LOCAL}:${masterPort}`
  const master = program('the master of Spark', masterPort, [
    ...['org.apache.spark.deploy.master.Master', '--host', LOCAL],
    ...['--port', `${masterPort}`, '--webui-port', '0'],
  ])
  const workers = Array.from({ length: WORKERS }, () =>
    program(
      'a worker of Spark',
      0,
      [
        ...['org.apache.spark.deploy.worker.Worker', '--host', LOCAL, '--webui-port', '0'],
        ...['--cores', '1', '--memory', '1g', '--work-dir', directory, address],
      ],
      /Successfully registered with master/,
    ),
  )
  const port = await freePort()
  const settings = {
    'spark.connect.grpc.binding.address': LOCAL,
    'spark.connect.grpc.binding.port': port,
    'spark.driver.host': LOCAL,
    'spark.driver.memory': '768m',
    'spark.executor.memory': '640m',
    'spark.ui.enabled': false,
    'spark.driver.extraClassPath': join(jarsOfSparkS3, '*'),
    'spark.executor.extraClassPath': join(jarsOfSparkS3, '*'),
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'spark.hadoop.fs.s3a.endpoint': store.endpoint,
    'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
    'spark.hadoop.fs.s3a.path.style.access': true,
    'spark.hadoop.fs.s3a.input.stream.type': 'classic',
    // Otherwise Spark looks for more than 32 files with a job of its own.
    'spark.sql.sources.parallelPartitionDiscovery.threshold': 100_000,
    'spark.sql.shuffle.partitions': WORKERS,
  }
  const connect = program('Spark', port, [
    ...['org.apache.spark.deploy.SparkSubmit', '--master', address],
    ...['--class', 'org.apache.spark.sql.connect.service.SparkConnectServer'],
    ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    'spark-internal',
  ])
  return {
    name: connect.name,
    port,
    get pids() {
      return [master, ...workers, connect].flatMap(({ pids }) => pids)
    },
    async start() {
      if (!master.pid) await master.start()
      await Promise.all(workers.filter(({ pid }) => !pid).map(worker => worker.start()))
      await connect.start()
    },
    async stop() {
      await connect.stop()
      await Promise.all([...workers, master].map(part => part.stop()))
    },
    kill: () => connect.kill(),
  }
}
