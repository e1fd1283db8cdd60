// Very many conversations with an exchange that misbehaves: a round is one.
import { campaignRounds } from '@trader/testkit';
import { testConversations } from '../test/conversation-with-faults.ts';

testConversations(campaignRounds(6000));
