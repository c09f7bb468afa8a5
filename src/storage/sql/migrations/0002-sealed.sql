alter table instances add column sealed {{bigint}} not null default 0; -- 1 when it lies in the vault
create index instances_unsealed on instances (study_uid, received_at) where sealed = 0;
create index instances_by_segment on instances (segment) where segment > 0;

create table sealed (
  id            {{bigint}} primary key,
  pack          {{key}} not null,                   -- name in the vault
  start         {{bigint}} not null,
  length        {{bigint}} not null,
  ds_start      {{bigint}} not null,
  recipe_start  {{bigint}} not null,
  recipe_length {{bigint}} not null,                -- 0 when it lies as received
  why           text    not null,                   -- why it does
  frames        {{blob}} not null                   -- empty when it lies as received
);
create index sealed_by_pack on sealed (pack);
