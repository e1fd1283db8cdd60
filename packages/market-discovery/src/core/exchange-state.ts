import { flag, isFields, readTime } from './market-description.ts';

/** Whether the exchange trades, and when it does. `null` where it does not say. */
export interface ExchangeState {
  readonly exchangeActive: boolean | null;
  readonly tradingActive: boolean | null;
  /** Ms since the Unix epoch. */
  readonly estimatedResumeAtMs: number | null;
  /** As the exchange sent it: hours of New York, and windows of maintenance. */
  readonly schedule: Readonly<Record<string, unknown>> | null;
}

/** @param status the answer to `GET /exchange/status` @param schedule that to `GET /exchange/schedule` */
export function readExchangeState(status: unknown, schedule: unknown): ExchangeState {
  const fields = isFields(status) ? status : {};
  const hours = isFields(schedule) ? schedule['schedule'] : null;
  return {
    exchangeActive: flag(fields['exchange_active']),
    tradingActive: flag(fields['trading_active']),
    estimatedResumeAtMs: readTime(fields['exchange_estimated_resume_time']),
    schedule: isFields(hours) ? hours : null,
  };
}
