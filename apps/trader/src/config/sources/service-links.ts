// Kubernetes and Docker's links put the address of a service named "trader" into every container beside it: TRADER_SERVICE_HOST,
// TRADER_PORT_7070_TCP_ADDR and so on, and among them TRADER_PORT=tcp://10.0.0.1:7070. None of them is a setting.
import type { Setting } from '../settings.ts';

const PROTOCOL = '(?:TCP|UDP|SCTP)';
const DERIVED = new RegExp(
  `^TRADER(?:_\\w+)?_(?:SERVICE_HOST|SERVICE_PORT(?:_\\w+)?|PORT_\\d+_${PROTOCOL}(?:_(?:PROTO|PORT|ADDR))?)$`,
);
/** Ours and theirs have the same name: the value tells. */
const PORT = /^TRADER(?:_\w+)?_PORT$/;
const ADDRESS = /^(?:tcp|udp|sctp):\/\//i;

/** Whether a platform has made this variable. */
export const isServiceLink = (name: string, value: string | undefined): boolean =>
  DERIVED.test(name) || (PORT.test(name) && ADDRESS.test(value ?? ''));

/** For the log. */
export const noticeOfLink = ({ env, flag }: Setting, environment: NodeJS.ProcessEnv): string =>
  `${env} is ignored: ${environment[env]} is the address of a service named "trader", which Kubernetes and Docker put there. ` +
  `Set enableServiceLinks: false in the pod, or name the service differently; ${flag} sets the port all the same`;
