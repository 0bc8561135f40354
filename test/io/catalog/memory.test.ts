import test from 'ava';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { catalogContract } from '../../contracts/catalog.ts';
import { nameSearchContract } from '../../contracts/name-search.ts';
import { sharedStateContract } from '../../contracts/shared-state.ts';
import { trashContract } from '../../contracts/trash.ts';

const open = () => openCatalog('memory:');
catalogContract(test, 'memory', open);
nameSearchContract(test, 'memory', open);
sharedStateContract(test, 'memory', open);
trashContract(test, 'memory', open);
