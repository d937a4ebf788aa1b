// The reflection service: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
import { status } from '@grpc/grpc-js'
import { descriptors, type ServerReflectionRequest, type ServerReflectionResponse } from '@table/proto'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'

type Descriptor = (typeof descriptors)[number]

export async function reflect(
  { admission }: Context,
  request: ServerReflectionRequest,
  { peer }: Call,
): Promise<ServerReflectionResponse> {
  const answer = async () => ({ validHost: request.host, originalRequest: request, ...answerTo(request) })
  return admission.connections.during(peer, answer)
}

function answerTo({
  listServices,
  fileByFilename,
  fileContainingSymbol,
  fileContainingExtension,
  allExtensionNumbersOfType,
}: ServerReflectionRequest): Partial<ServerReflectionResponse> {
  if (listServices !== undefined) {
    const service = descriptors.flatMap(({ services }) => services.map(name => ({ name })))
    return { listServicesResponse: { service } }
  }
  if (fileByFilename !== undefined) return fileWhere(({ file }) => file === fileByFilename, fileByFilename)
  if (fileContainingSymbol !== undefined)
    return fileWhere(({ symbols }) => symbols.includes(fileContainingSymbol), fileContainingSymbol)
  // No file has extensions.
  if (fileContainingExtension !== undefined)
    return notFound(
      `extension ${fileContainingExtension.extensionNumber} of ${fileContainingExtension.containingType}`,
    )
  if (allExtensionNumbersOfType !== undefined)
    return descriptors.some(({ symbols }) => symbols.includes(allExtensionNumbersOfType))
      ? {
          allExtensionNumbersResponse: { baseTypeName: allExtensionNumbersOfType, extensionNumber: [] },
        }
      : notFound(allExtensionNumbersOfType)
  return errorOf(status.INVALID_ARGUMENT, 'the request asks for nothing that this server knows')
}

function fileWhere(
  matches: (descriptor: Descriptor) => boolean,
  name: string,
): Partial<ServerReflectionResponse> {
  const found = descriptors.find(matches)
  if (!found) return notFound(name)
  return { fileDescriptorResponse: { fileDescriptorProto: [Buffer.from(found.descriptor, 'base64')] } }
}

function notFound(name: string): Partial<ServerReflectionResponse> {
  return errorOf(
    status.NOT_FOUND,
    `the server does not have "${name.slice(0, 80)}": list its services to see what it has`,
  )
}

function errorOf(errorCode: status, errorMessage: string): Partial<ServerReflectionResponse> {
  return { errorResponse: { errorCode, errorMessage } }
}
