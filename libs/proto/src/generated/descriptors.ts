/** The .proto files that the server speaks. `descriptor`: a FileDescriptorProto in base64. */
export const descriptors: readonly { file: string; services: readonly string[]; symbols: readonly string[]; descriptor: string }[] =
[
  {
    "file": "table.proto",
    "services": [
      "Table"
    ],
    "symbols": [
      "Table",
      "Table.Upload",
      "Table.ColSum",
      "Table.UploadStream",
      "Table.ListUploads",
      "Table.GetUpload",
      "Table.DeleteUpload",
      "Table.Download",
      "Table.Describe",
      "Table.Stats",
      "Table.Query",
      "UploadReq",
      "UploadResp",
      "Column",
      "ColSumReq",
      "ColSumResp",
      "UploadPart",
      "StoredUpload",
      "ListUploadsReq",
      "ListUploadsResp",
      "GetUploadReq",
      "GetUploadResp",
      "DeleteUploadReq",
      "DeleteUploadResp",
      "DownloadReq",
      "DownloadPart",
      "DescribeReq",
      "DescribeResp",
      "ColumnDescription",
      "TypeCount",
      "StatsReq",
      "StatsResp",
      "ColumnStats",
      "QueryReq",
      "QueryPart"
    ],
    "descriptor": "Cgt0YWJsZS5wcm90byImCglVcGxvYWRSZXESGQoIY3N2X2RhdGEYASABKAxSB2NzdkRhdGEihQEKClVwbG9hZFJlc3ASFAoFZXJyb3IYASABKAlSBWVycm9yEg4KAmlkGAIgASgDUgJpZBISCgRyb3dzGAMgASgDUgRyb3dzEiEKB2NvbHVtbnMYBCADKAsyBy5Db2x1bW5SB2NvbHVtbnMSGgoId2FybmluZ3MYBSADKAlSCHdhcm5pbmdzIjAKBkNvbHVtbhISCgRuYW1lGAEgASgJUgRuYW1lEhIKBHR5cGUYAiABKAlSBHR5cGUiOwoJQ29sU3VtUmVxEhYKBmNvbHVtbhgBIAEoCVIGY29sdW1uEhYKBmZvcm1hdBgCIAEoCVIGZm9ybWF0IjgKCkNvbFN1bVJlc3ASFAoFdG90YWwYASABKANSBXRvdGFsEhQKBWVycm9yGAIgASgJUgVlcnJvciInCgpVcGxvYWRQYXJ0EhkKCGNzdl9kYXRhGAEgASgMUgdjc3ZEYXRhIukBCgxTdG9yZWRVcGxvYWQSDgoCaWQYASABKANSAmlkEhsKCXVwbG9hZF9pZBgCIAEoCVIIdXBsb2FkSWQSEgoEbmFtZRgDIAEoCVIEbmFtZRIfCgtyZWNlaXZlZF9hdBgEIAEoCVIKcmVjZWl2ZWRBdBISCgRyb3dzGAUgASgDUgRyb3dzEhsKCWNzdl9ieXRlcxgGIAEoA1IIY3N2Qnl0ZXMSIwoNcGFycXVldF9ieXRlcxgHIAEoA1IMcGFycXVldEJ5dGVzEiEKB2NvbHVtbnMYCCADKAsyBy5Db2x1bW5SB2NvbHVtbnMitgEKDkxpc3RVcGxvYWRzUmVxEhsKCXBhZ2Vfc2l6ZRgBIAEoBVIIcGFnZVNpemUSFgoGY3Vyc29yGAIgASgJUgZjdXJzb3ISIQoMb2xkZXN0X2ZpcnN0GAMgASgIUgtvbGRlc3RGaXJzdBIjCg1yZWNlaXZlZF9mcm9tGAQgASgJUgxyZWNlaXZlZEZyb20SJwoPcmVjZWl2ZWRfYmVmb3JlGAUgASgJUg5yZWNlaXZlZEJlZm9yZSJxCg9MaXN0VXBsb2Fkc1Jlc3ASFAoFZXJyb3IYASABKAlSBWVycm9yEicKB3VwbG9hZHMYAiADKAsyDS5TdG9yZWRVcGxvYWRSB3VwbG9hZHMSHwoLbmV4dF9jdXJzb3IYAyABKAlSCm5leHRDdXJzb3IiHgoMR2V0VXBsb2FkUmVxEg4KAmlkGAEgASgDUgJpZCJMCg1HZXRVcGxvYWRSZXNwEhQKBWVycm9yGAEgASgJUgVlcnJvchIlCgZ1cGxvYWQYAiABKAsyDS5TdG9yZWRVcGxvYWRSBnVwbG9hZCIhCg9EZWxldGVVcGxvYWRSZXESDgoCaWQYASABKANSAmlkIigKEERlbGV0ZVVwbG9hZFJlc3ASFAoFZXJyb3IYASABKAlSBWVycm9yIjUKC0Rvd25sb2FkUmVxEg4KAmlkGAEgASgDUgJpZBIWCgZmb3JtYXQYAiABKAlSBmZvcm1hdCI4CgxEb3dubG9hZFBhcnQSEgoEZGF0YRgBIAEoDFIEZGF0YRIUCgVlcnJvchgCIAEoCVIFZXJyb3IiDQoLRGVzY3JpYmVSZXEi5QEKDERlc2NyaWJlUmVzcBIUCgVlcnJvchgBIAEoCVIFZXJyb3ISGAoHdXBsb2FkcxgCIAEoA1IHdXBsb2FkcxISCgRyb3dzGAMgASgDUgRyb3dzEhsKCWNzdl9ieXRlcxgEIAEoA1IIY3N2Qnl0ZXMSIwoNcGFycXVldF9ieXRlcxgFIAEoA1IMcGFycXVldEJ5dGVzEiwKB2NvbHVtbnMYBiADKAsyEi5Db2x1bW5EZXNjcmlwdGlvblIHY29sdW1ucxIhCgxtb3JlX2NvbHVtbnMYByABKANSC21vcmVDb2x1bW5zIrEBChFDb2x1bW5EZXNjcmlwdGlvbhISCgRuYW1lGAEgASgJUgRuYW1lEiAKBXR5cGVzGAIgAygLMgouVHlwZUNvdW50UgV0eXBlcxIYCgd1cGxvYWRzGAMgASgDUgd1cGxvYWRzEhIKBHJvd3MYBCABKANSBHJvd3MSFAoFbnVsbHMYBSABKANSBW51bGxzEhAKA21pbhgGIAEoCVIDbWluEhAKA21heBgHIAEoCVIDbWF4IjkKCVR5cGVDb3VudBISCgR0eXBlGAEgASgJUgR0eXBlEhgKB3VwbG9hZHMYAiABKANSB3VwbG9hZHMiPAoIU3RhdHNSZXESGAoHY29sdW1ucxgBIAMoCVIHY29sdW1ucxIWCgZmb3JtYXQYAiABKAlSBmZvcm1hdCJJCglTdGF0c1Jlc3ASFAoFZXJyb3IYASABKAlSBWVycm9yEiYKB2NvbHVtbnMYAiADKAsyDC5Db2x1bW5TdGF0c1IHY29sdW1ucyK3AQoLQ29sdW1uU3RhdHMSEgoEbmFtZRgBIAEoCVIEbmFtZRIgCgV0eXBlcxgCIAMoCzIKLlR5cGVDb3VudFIFdHlwZXMSEgoEcm93cxgDIAEoA1IEcm93cxIUCgVudWxscxgEIAEoA1IFbnVsbHMSEAoDbWluGAUgASgJUgNtaW4SEAoDbWF4GAYgASgJUgNtYXgSEAoDc3VtGAcgASgJUgNzdW0SEgoEbWVhbhgIIAEoCVIEbWVhbiIcCghRdWVyeVJlcRIQCgNzcWwYASABKAlSA3NxbCI3CglRdWVyeVBhcnQSFAoFYXJyb3cYASABKAxSBWFycm93EhQKBWVycm9yGAIgASgJUgVlcnJvcjKiAwoFVGFibGUSIQoGVXBsb2FkEgouVXBsb2FkUmVxGgsuVXBsb2FkUmVzcBIhCgZDb2xTdW0SCi5Db2xTdW1SZXEaCy5Db2xTdW1SZXNwEioKDFVwbG9hZFN0cmVhbRILLlVwbG9hZFBhcnQaCy5VcGxvYWRSZXNwKAESMAoLTGlzdFVwbG9hZHMSDy5MaXN0VXBsb2Fkc1JlcRoQLkxpc3RVcGxvYWRzUmVzcBIqCglHZXRVcGxvYWQSDS5HZXRVcGxvYWRSZXEaDi5HZXRVcGxvYWRSZXNwEjMKDERlbGV0ZVVwbG9hZBIQLkRlbGV0ZVVwbG9hZFJlcRoRLkRlbGV0ZVVwbG9hZFJlc3ASKQoIRG93bmxvYWQSDC5Eb3dubG9hZFJlcRoNLkRvd25sb2FkUGFydDABEicKCERlc2NyaWJlEgwuRGVzY3JpYmVSZXEaDS5EZXNjcmliZVJlc3ASHgoFU3RhdHMSCS5TdGF0c1JlcRoKLlN0YXRzUmVzcBIgCgVRdWVyeRIJLlF1ZXJ5UmVxGgouUXVlcnlQYXJ0MAFiBnByb3RvMw=="
  },
  {
    "file": "grpc/health/v1/health.proto",
    "services": [
      "grpc.health.v1.Health"
    ],
    "symbols": [
      "grpc.health.v1.Health",
      "grpc.health.v1.Health.Check",
      "grpc.health.v1.Health.Watch",
      "grpc.health.v1.HealthCheckRequest",
      "grpc.health.v1.HealthCheckResponse",
      "grpc.health.v1.HealthCheckResponse.ServingStatus"
    ],
    "descriptor": "ChtncnBjL2hlYWx0aC92MS9oZWFsdGgucHJvdG8SDmdycGMuaGVhbHRoLnYxIi4KEkhlYWx0aENoZWNrUmVxdWVzdBIYCgdzZXJ2aWNlGAEgASgJUgdzZXJ2aWNlIrEBChNIZWFsdGhDaGVja1Jlc3BvbnNlEkkKBnN0YXR1cxgBIAEoDjIxLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2UuU2VydmluZ1N0YXR1c1IGc3RhdHVzIk8KDVNlcnZpbmdTdGF0dXMSCwoHVU5LTk9XThAAEgsKB1NFUlZJTkcQARIPCgtOT1RfU0VSVklORxACEhMKD1NFUlZJQ0VfVU5LTk9XThADMq4BCgZIZWFsdGgSUAoFQ2hlY2sSIi5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1JlcXVlc3QaIy5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1Jlc3BvbnNlElIKBVdhdGNoEiIuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXF1ZXN0GiMuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXNwb25zZTABYgZwcm90bzM="
  },
  {
    "file": "grpc/reflection/v1/reflection.proto",
    "services": [
      "grpc.reflection.v1.ServerReflection"
    ],
    "symbols": [
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1.ServerReflection.ServerReflectionInfo",
      "grpc.reflection.v1.ServerReflectionRequest",
      "grpc.reflection.v1.ExtensionRequest",
      "grpc.reflection.v1.ServerReflectionResponse",
      "grpc.reflection.v1.FileDescriptorResponse",
      "grpc.reflection.v1.ExtensionNumberResponse",
      "grpc.reflection.v1.ListServiceResponse",
      "grpc.reflection.v1.ServiceResponse",
      "grpc.reflection.v1.ErrorResponse"
    ],
    "descriptor": "CiNncnBjL3JlZmxlY3Rpb24vdjEvcmVmbGVjdGlvbi5wcm90bxISZ3JwYy5yZWZsZWN0aW9uLnYxIvMCChdTZXJ2ZXJSZWZsZWN0aW9uUmVxdWVzdBISCgRob3N0GAEgASgJUgRob3N0EioKEGZpbGVfYnlfZmlsZW5hbWUYAyABKAlIAFIOZmlsZUJ5RmlsZW5hbWUSNgoWZmlsZV9jb250YWluaW5nX3N5bWJvbBgEIAEoCUgAUhRmaWxlQ29udGFpbmluZ1N5bWJvbBJiChlmaWxlX2NvbnRhaW5pbmdfZXh0ZW5zaW9uGAUgASgLMiQuZ3JwYy5yZWZsZWN0aW9uLnYxLkV4dGVuc2lvblJlcXVlc3RIAFIXZmlsZUNvbnRhaW5pbmdFeHRlbnNpb24SQgodYWxsX2V4dGVuc2lvbl9udW1iZXJzX29mX3R5cGUYBiABKAlIAFIZYWxsRXh0ZW5zaW9uTnVtYmVyc09mVHlwZRIlCg1saXN0X3NlcnZpY2VzGAcgASgJSABSDGxpc3RTZXJ2aWNlc0IRCg9tZXNzYWdlX3JlcXVlc3QiZgoQRXh0ZW5zaW9uUmVxdWVzdBInCg9jb250YWluaW5nX3R5cGUYASABKAlSDmNvbnRhaW5pbmdUeXBlEikKEGV4dGVuc2lvbl9udW1iZXIYAiABKAVSD2V4dGVuc2lvbk51bWJlciKuBAoYU2VydmVyUmVmbGVjdGlvblJlc3BvbnNlEh0KCnZhbGlkX2hvc3QYASABKAlSCXZhbGlkSG9zdBJWChBvcmlnaW5hbF9yZXF1ZXN0GAIgASgLMisuZ3JwYy5yZWZsZWN0aW9uLnYxLlNlcnZlclJlZmxlY3Rpb25SZXF1ZXN0Ug9vcmlnaW5hbFJlcXVlc3QSZgoYZmlsZV9kZXNjcmlwdG9yX3Jlc3BvbnNlGAQgASgLMiouZ3JwYy5yZWZsZWN0aW9uLnYxLkZpbGVEZXNjcmlwdG9yUmVzcG9uc2VIAFIWZmlsZURlc2NyaXB0b3JSZXNwb25zZRJyCh5hbGxfZXh0ZW5zaW9uX251bWJlcnNfcmVzcG9uc2UYBSABKAsyKy5ncnBjLnJlZmxlY3Rpb24udjEuRXh0ZW5zaW9uTnVtYmVyUmVzcG9uc2VIAFIbYWxsRXh0ZW5zaW9uTnVtYmVyc1Jlc3BvbnNlEl8KFmxpc3Rfc2VydmljZXNfcmVzcG9uc2UYBiABKAsyJy5ncnBjLnJlZmxlY3Rpb24udjEuTGlzdFNlcnZpY2VSZXNwb25zZUgAUhRsaXN0U2VydmljZXNSZXNwb25zZRJKCg5lcnJvcl9yZXNwb25zZRgHIAEoCzIhLmdycGMucmVmbGVjdGlvbi52MS5FcnJvclJlc3BvbnNlSABSDWVycm9yUmVzcG9uc2VCEgoQbWVzc2FnZV9yZXNwb25zZSJMChZGaWxlRGVzY3JpcHRvclJlc3BvbnNlEjIKFWZpbGVfZGVzY3JpcHRvcl9wcm90bxgBIAMoDFITZmlsZURlc2NyaXB0b3JQcm90byJqChdFeHRlbnNpb25OdW1iZXJSZXNwb25zZRIkCg5iYXNlX3R5cGVfbmFtZRgBIAEoCVIMYmFzZVR5cGVOYW1lEikKEGV4dGVuc2lvbl9udW1iZXIYAiADKAVSD2V4dGVuc2lvbk51bWJlciJUChNMaXN0U2VydmljZVJlc3BvbnNlEj0KB3NlcnZpY2UYASADKAsyIy5ncnBjLnJlZmxlY3Rpb24udjEuU2VydmljZVJlc3BvbnNlUgdzZXJ2aWNlIiUKD1NlcnZpY2VSZXNwb25zZRISCgRuYW1lGAEgASgJUgRuYW1lIlMKDUVycm9yUmVzcG9uc2USHQoKZXJyb3JfY29kZRgBIAEoBVIJZXJyb3JDb2RlEiMKDWVycm9yX21lc3NhZ2UYAiABKAlSDGVycm9yTWVzc2FnZTKJAQoQU2VydmVyUmVmbGVjdGlvbhJ1ChRTZXJ2ZXJSZWZsZWN0aW9uSW5mbxIrLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2ZXJSZWZsZWN0aW9uUmVxdWVzdBosLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2ZXJSZWZsZWN0aW9uUmVzcG9uc2UoATABYgZwcm90bzM="
  }
]
