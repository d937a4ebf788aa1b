/** Node's codes for a certificate that is not trusted, has ended, or names another host. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF))/

/** Whether a connection failed because of the other side's certificate, which stays as it is however long one waits. */
export function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.test((error as { code?: string }).code ?? '')
}
