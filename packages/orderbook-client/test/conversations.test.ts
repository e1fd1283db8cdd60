// Synced or awaited, never forgotten: see `conversation-with-faults.ts`. More of them run as a campaign.
import { testConversations } from './conversation-with-faults.ts';

testConversations(800);
