export { booleanColumn } from './booleanColumn'
export { dateColumn } from './dateColumn'
export { doubleColumn } from './doubleColumn'
export { int64Column } from './int64Column'
export { powersOfFive } from './nearestDouble'
export { everyRecordHas, scan, scanBroken, scanNext } from './scan'
export { clearTotal, sumFields, sumFirstFields, totalEights, totalHalves, totalLow, totalOnes } from './sumFields'
export { sumChunk } from './chunkSum'
export { crc32 } from './crc32'
export { sumDelta } from './deltaSum'
export { openDictionary, sumIndices } from './dictionarySum'
export {
  columnConvertedType,
  columnLogicalType,
  columnName,
  columnNameBytes,
  columnRepetition,
  columnType,
  columnUnsigned,
  findColumn,
} from './fileMetadata'
export { pageHeader, readPageHeader } from './pageHeader'
export { countDefined } from './pageLevels'
export { clearPageTotal, pageTotalHigh, pageTotalLow } from './pageTotal'
export { sumPlain32, sumPlain64 } from './plainSum'
export { decompressSnappy } from './snappy'
export { sumValues } from './valuesSum'
export { textBytes, textColumn } from './textColumn'
export { timestampColumn, timestampUtcColumn } from './timestampColumn'
export { dictionary32, dictionary64, sampleRepeats32, sampleRepeats64 } from './dictionary'
export { deltaInt32, deltaInt64 } from './encodeDelta'
export { encodeIndices, encodeZeros } from './encodeHybrid'
export { encodeLevels } from './encodeLevels'
export { packBits } from './packBits'
export { surveyDoubleChanges, surveyDoubles, surveyGreatestDouble, surveyLeastDouble } from './surveyDoubles'
export {
  surveyChanges,
  surveyDeltaBytes,
  surveyGreatest,
  surveyInt32,
  surveyInt64,
  surveyLeast,
} from './surveyIntegers'
export { greatestText, leastText, textBounds } from './textBounds'
export { textDictionary, textDictionaryBytes } from './textDictionary'

/** The first address that nothing is at yet. */
export function heapBase(): usize {
  return __heap_base
}
