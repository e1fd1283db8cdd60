// A frame that was kept as its text, as the event that it was.
import type { ChannelEvent } from '../../channel-events.ts';
import type { ControlEvent, DeltaEvent, SnapshotEvent, UnrecognizedEvent } from '../../events.ts';
import type { Message } from './decode.ts';

/** Where a frame stood, and its text; that is empty where its bytes were no text. */
type KeptFrame = {
  readonly epoch: number;
  readonly sid: number | null;
  readonly seq: number | null;
  readonly receivedAtMs: number;
  readonly text: string;
};

/** The event that a frame's text was. */
export function messageToEvent(
  message: Message,
  { epoch, sid, seq, receivedAtMs, text }: KeptFrame,
): SnapshotEvent | DeltaEvent | ChannelEvent | ControlEvent | UnrecognizedEvent {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is belongs to another channel
  switch (message.kind) {
    case 'violation': {
      // A text that is empty was no text.
      const reason = text === '' ? 'not UTF-8' : message.reason;
      return { type: 'unrecognized', epoch, frameType: '', sid, seq, receivedAtMs, text, reason };
    }
    case 'unrecognized':
      return {
        type: 'unrecognized',
        epoch,
        frameType: message.frameType,
        sid,
        seq,
        receivedAtMs,
        text,
        reason: null,
      };
    case 'subscribed':
    case 'ok':
    case 'unsubscribed':
    case 'error':
      return { type: 'control', epoch, frameType: message.kind, sid, seq, receivedAtMs, text };
    case 'raw': {
      const { channel, frameType } = message;
      return { type: 'raw', channel, frameType, epoch, sid, seq, receivedAtMs, text };
    }
    case 'delta': {
      const { kind: type, ...rest } = message;
      return { type, epoch, receivedAtMs, ...rest, applied: true };
    }
    case 'snapshot': {
      const { kind: type, commandId: _commandId, ...rest } = message;
      return { type, epoch, receivedAtMs, ...rest, applied: true };
    }
    default: {
      const { kind, ...payload } = message;
      return { type: kind, epoch, receivedAtMs, text, ...payload } as ChannelEvent;
    }
  }
}
