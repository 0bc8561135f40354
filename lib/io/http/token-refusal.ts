import type { ServerResponse } from 'node:http';
import type { TokenProblem } from '../../domain/tokens.ts';
import { sendError } from './data-answer.ts';

/** What is answered to who shows no token, or one that is not good for what is asked. */
export function sendRefusal(response: ServerResponse, problem: TokenProblem): void {
  if (problem === 'file' || problem === 'method') {
    sendError(response, 'token_mismatch', { reason: problem });
    return;
  }
  const challenge = problem === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  sendError(response, 'unauthorized', { reason: problem }, { 'WWW-Authenticate': challenge });
}
