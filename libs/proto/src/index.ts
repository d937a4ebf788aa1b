export {
  ColSumReq,
  ColSumResp,
  TableClient,
  type TableServer,
  TableService,
  UploadReq,
  UploadResp,
} from './generated/table.ts'
