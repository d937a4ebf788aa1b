export {
  ColSumReq,
  ColSumResp,
  Column,
  TableClient,
  type TableServer,
  TableService,
  UploadReq,
  UploadResp,
} from './generated/table.ts'
