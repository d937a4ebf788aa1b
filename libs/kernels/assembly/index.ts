export { booleanColumn } from './types/booleanColumn'
export { dateColumn } from './types/dateColumn'
export { doubleColumn } from './types/doubleColumn'
export { int64Column } from './types/int64Column'
export { powersOfFive } from './types/nearestDouble'
export { surveyCarriageReturns } from './csv/carriageReturns'
export { countLineFeeds } from './csv/lineFeeds'
export { everyRecordHas, scan, scanBroken, scanNext, scanStrayCr } from './csv/scan'
export { clearTotal, sumFields, sumFirstFields, totalEights, totalHalves, totalLow, totalOnes } from './sum/sumFields'
export { sumChunk } from './sum/chunkSum'
export { sumDoubleFields, sumFirstDoubleFields } from './sum/doubleFields'
export { sumDoubleValues } from './sum/doublesSum'
export {
  clearDoubles,
  doubleInfinities,
  doubleNaNs,
  doubleNegativeInfinities,
  doublesTotal,
} from './sum/superaccumulator'
export { crc32 } from './parquet/crc32'
export { sumDelta } from './sum/deltaSum'
export { openDictionary, sumIndices } from './sum/dictionarySum'
export {
  columnName,
  columnNameBytes,
  columnRepetition,
  columnType,
  findColumn,
} from './parquet/fileMetadata'
export { pageHeader, readPageHeader } from './parquet/pageHeader'
export { countDefined } from './parquet/pageLevels'
export { clearPageTotal, pageTotalHigh, pageTotalLow } from './sum/pageTotal'
export { sumPlain } from './sum/plainSum'
export { sumValues } from './sum/valuesSum'
export { surveyText } from './types/surveyText'
export { textBytes, textColumn, textCount } from './types/textColumn'
export { timestampColumn, timestampUtcColumn } from './types/timestampColumn'
export { dictionary32, dictionary64, sampleRepeats32, sampleRepeats64 } from './parquet/dictionary'
export { deltaInt32, deltaInt64 } from './parquet/encodeDelta'
export { encodeIndices, encodeZeros } from './parquet/encodeHybrid'
export { encodeLevels } from './parquet/encodeLevels'
export { packBits } from './parquet/packBits'
export { surveyDoubleChanges, surveyDoubles, surveyGreatestDouble, surveyLeastDouble } from './parquet/surveyDoubles'
export {
  surveyChanges,
  surveyDeltaBytes,
  surveyGreatest,
  surveyInt32,
  surveyInt64,
  surveyLeast,
} from './parquet/surveyIntegers'
export { greatestText, leastText, textBounds } from './parquet/textBounds'
export { textDictionary, textDictionaryBytes } from './parquet/textDictionary'

/** Returns the first free address. */
export function heapBase(): usize {
  return __heap_base
}
