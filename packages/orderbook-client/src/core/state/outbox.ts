/** The commands of one connection that wait to be sent, and how many were sent in the window that is running. */
export class Outbox {
  readonly waiting: string[] = [];
  sentInWindow = 0;
}
