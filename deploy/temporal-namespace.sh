#!/bin/sh
# Waits for the server, then makes the namespace and Tieout's search attributes; both are harmless when they exist.
set -eu
until temporal operator cluster health --address temporal:7233; do sleep 2; done
temporal operator namespace describe -n default --address temporal:7233 || temporal operator namespace create -n default --retention 30d --address temporal:7233
for pair in TieoutPair=Keyword TieoutSource=Keyword TieoutOrder=Keyword TieoutPhase=Keyword TieoutDocuments=KeywordList TieoutNeedsAttention=Bool TieoutAmount=Double TieoutPlacedAt=Datetime; do
  temporal operator search-attribute create --name "${pair%%=*}" --type "${pair##*=}" -n default --address temporal:7233 || true
done
