-- A database of version 1 as the software of version 1 made it (SQLite).
BEGIN TRANSACTION;
CREATE TABLE credential (
	staff VARCHAR NOT NULL,
	salt BLOB NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (staff)
);
INSERT INTO "credential" VALUES('s-4',X'11D4768E4F54CC0B00CC9A1C6E684E52',X'871125B6E5C3D752608005756BF9A55B7A4A76C9586C5E3A79E56B4213784B79');
CREATE TABLE event (
	seq INTEGER NOT NULL,
	boot_id VARCHAR NOT NULL,
	mono_ns BIGINT NOT NULL,
	at VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	subject VARCHAR NOT NULL,
	actor VARCHAR NOT NULL,
	device VARCHAR NOT NULL,
	body TEXT NOT NULL,
	prev_hash VARCHAR NOT NULL,
	hash VARCHAR NOT NULL,
	PRIMARY KEY (seq)
);
INSERT INTO "event" VALUES(1,'boot-1',1000000001000000000,'2026-11-22T01:02:04.000004Z','station.started',1,'station','line','line','{"config_sha256":"abababababababababababababababababababababababababababababababab","epoch":"e-1","packs":[{"edition":"2026.1","name":"cn-38900","sha256":"abababababababababababababababababababababababababababababababab"}],"simulated":false,"software":"cloud-inspection 0.1.0","speed":"1.0"}','0000000000000000000000000000000000000000000000000000000000000000','1a9883f2ff0734849ac8e6b6e4546f2ba96d260a8cc644faa303dbc071ae78f4');
INSERT INTO "event" VALUES(2,'boot-1',1000000002000000000,'2026-11-22T01:02:05.000004Z','staff.enrolled',1,'s-4','line','line','{"name_commitment":"c475e621099125ecd9a84583f2d388e7b23b76f1ef4678e4152e4cf6df24ce9b","roles":["driver","signatory"],"staff":"s-4"}','1a9883f2ff0734849ac8e6b6e4546f2ba96d260a8cc644faa303dbc071ae78f4','2da1cdbe54c3bb498ee5ab691125eb093919dabf0ba14a2f4512c440e7be5b3b');
INSERT INTO "event" VALUES(3,'boot-1',1000000003000000000,'2026-11-22T01:02:06.000004Z','session.opened',1,'station','line','line','{"client":"lane-1","staff":"s-4","token_sha256":"3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9"}','2da1cdbe54c3bb498ee5ab691125eb093919dabf0ba14a2f4512c440e7be5b3b','8c36e47ff3b8b41d36af541ea95b682c2a57519f023a9e1f175399cac3bf5cd0');
INSERT INTO "event" VALUES(4,'boot-1',1000000004000000000,'2026-11-22T01:02:07.000004Z','rig.changed',1,'station','line','line','{"reason":"cable","rig":"brake-1","state":"offline"}','8c36e47ff3b8b41d36af541ea95b682c2a57519f023a9e1f175399cac3bf5cd0','3952c430c54daa1c81a9519711e45f8a362ccab8adc833bbb387aac712237ac8');
INSERT INTO "event" VALUES(5,'boot-1',1000000005000000000,'2026-11-22T01:02:08.000004Z','rig.changed',1,'station','line','line','{"reason":"","rig":"brake-1","state":"online"}','3952c430c54daa1c81a9519711e45f8a362ccab8adc833bbb387aac712237ac8','486eb7f7ee08b12a8cac7a4992c090ae3c77b26f6b4e25116281153637b515c3');
INSERT INTO "event" VALUES(6,'boot-1',1000000006000000000,'2026-11-22T01:02:09.000004Z','rig.checked',1,'station','line','line','{"check":"zero","detail":"0","passed":true,"rig":"brake-1"}','486eb7f7ee08b12a8cac7a4992c090ae3c77b26f6b4e25116281153637b515c3','0bf531f964e61a7750963c30a6eb1d4f92b6cca31144885a1f61522c380fd470');
INSERT INTO "event" VALUES(7,'boot-1',1000000007000000000,'2026-11-22T01:02:10.000004Z','keys.taken',1,'T1-20261122-0001','s-4','lane-1','{}','0bf531f964e61a7750963c30a6eb1d4f92b6cca31144885a1f61522c380fd470','f2dfcb83297d76c849a9807b703f4afbbcc2780979ee489fc4798e2d681fa7b7');
INSERT INTO "event" VALUES(8,'boot-1',1000000008000000000,'2026-11-22T01:02:11.000004Z','inspection.registered',1,'T1-20261122-0001','s-4','lane-1','{"category":"in_use","owner_commitment":"a50fa68e587c2db3bd3c8be1539820b9fa5fa1f07ac238652b938f5b55ccb37c","pack":{"edition":"2026.1","name":"cn-38900","sha256":"abababababababababababababababababababababababababababababababab"},"phone_commitment":null,"plan":["F1","B1","B2","B0","BV","PF"],"plate_commitment":"46731f836c9847474cf69f2ea48e02bd64e024ebd05dad8050512eb4cd1f1090","vehicle":{"axles":2,"curb_mass_kg":null,"electronic_parking_brake":null,"first_registered":null,"fuel":"A","high_idle_per_min":null,"lamp_system":"2","make_model":"","parking_axles":[2],"persons":null,"plate_type":"02","produced":null,"rated_speed_per_min":null,"total_mass_kg":1870,"use_character":"A","vehicle_type":"K33"},"vehicle_id":"v-1","vin_commitment":"f9731d9a8e29b5e58c5f8f3e82176ad017838bbf70e2920a40ee82d071a34529"}','f2dfcb83297d76c849a9807b703f4afbbcc2780979ee489fc4798e2d681fa7b7','18f8710b751336e750780a49b07379c7c34a62f01c4aa386b8e9669cfa7a86d8');
INSERT INTO "event" VALUES(9,'boot-1',1000000008000000000,'2026-11-22T01:02:11.000004Z','stage.finished',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"bay":null,"stage":"desk"}','18f8710b751336e750780a49b07379c7c34a62f01c4aa386b8e9669cfa7a86d8','8d5d53b036fff1b62ca7600b6fd8fb87a88ebb6ff5ad7ead3aa396a70d2c89c5');
INSERT INTO "event" VALUES(10,'boot-1',1000000008000000000,'2026-11-22T01:02:11.000004Z','stage.waiting',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"stage":"brake"}','8d5d53b036fff1b62ca7600b6fd8fb87a88ebb6ff5ad7ead3aa396a70d2c89c5','7ef478f1b5afc32e815235f0e77e1043cb9d16bc74459829ad6fe9d40d492e3f');
INSERT INTO "event" VALUES(11,'boot-1',1000000009000000000,'2026-11-22T01:02:12.000004Z','stage.started',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"bay":"bay-1","stage":"brake"}','7ef478f1b5afc32e815235f0e77e1043cb9d16bc74459829ad6fe9d40d492e3f','8aba8181269d7482ad9524ccfa423dd87c5429cbd724444f20ae764941edecd7');
INSERT INTO "event" VALUES(12,'boot-1',1000000009000000000,'2026-11-22T01:02:12.000004Z','run.started',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"bay":"bay-1","item":"B1","profile":"rbt","profile_sha256":"efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef","rig":"brake-1","run":"r-1"}','8aba8181269d7482ad9524ccfa423dd87c5429cbd724444f20ae764941edecd7','361d0c73fbc9f9e970e95fddaef031dd35aa54a1aec94cbe50e6483580be391c');
INSERT INTO "event" VALUES(13,'boot-1',1000000010000000000,'2026-11-22T01:02:13.000004Z','run.finished',1,'T1-20261122-0001','s-4','lane-1','{"end_state":"normal","evidence_sha256":"b206a1fed3e654543c511285e7d2e5f01a90d7ce4b8a6954738fe20d4467e1f8","item":"B1","lost":0,"run":"r-1","samples":600}','361d0c73fbc9f9e970e95fddaef031dd35aa54a1aec94cbe50e6483580be391c','7b2dce5e5bd66eaaa90959bdea51202de2c99479616e101a5cbdba527f1449da');
INSERT INTO "event" VALUES(14,'boot-1',1000000010000000000,'2026-11-22T01:02:13.000004Z','item.judged',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"verdict":{"item":"B1","outcome":"pass","pack":{"edition":"2026.1","name":"cn-38900","sha256":"abababababababababababababababababababababababababababababababab"},"quantities":[{"certainty":"B","clause":"6.7.3","comparison":">=","confirmed":false,"decided_by":"run r-1","limit":"60","limit_low":null,"limit_shown":"≥ 60 %","name":{"en":"Axle braking rate","zh":"一轴制动率"},"outcome":"pass","quantity":"axle_braking_rate","sentence":{"en":"pass","zh":"合格"},"shown":"64.4 %","source":"GB 38900-2020","unit":"%","unrounded":"64.4420","value":"64.4"}],"reason":null,"runs":["r-1"],"warnings":[]}}','7b2dce5e5bd66eaaa90959bdea51202de2c99479616e101a5cbdba527f1449da','6169b60b1b85c7a68d61f40c9128ce4c546710dd1ef9307981871bea67986e24');
INSERT INTO "event" VALUES(15,'boot-1',1000000011000000000,'2026-11-22T01:02:14.000004Z','stage.finished',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"bay":"bay-1","stage":"brake"}','6169b60b1b85c7a68d61f40c9128ce4c546710dd1ef9307981871bea67986e24','02cbed13869e10fb6969b17f48dafe5f7f009c32364c66132b1c7d0df322b6eb');
INSERT INTO "event" VALUES(16,'boot-1',1000000012000000000,'2026-11-22T01:02:15.000004Z','stage.waiting',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"stage":"review"}','02cbed13869e10fb6969b17f48dafe5f7f009c32364c66132b1c7d0df322b6eb','648017bf687145d95341bce3a10943970e1a0959e9640628459f846c2f09cad6');
INSERT INTO "event" VALUES(17,'boot-1',1000000013000000000,'2026-11-22T01:02:16.000004Z','inspection.signed',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"conclusion":"pass","report_no":"R-T1-20261122-0001"}','648017bf687145d95341bce3a10943970e1a0959e9640628459f846c2f09cad6','9231aaa3bae54ee040bfbe8f7d4cf561f0c0d698ed5825cbcd8b22a1b91a99b8');
INSERT INTO "event" VALUES(18,'boot-1',1000000014000000000,'2026-11-22T01:02:17.000004Z','report.issued',1,'T1-20261122-0001','s-4','lane-1','{"attempt":1,"report_no":"R-T1-20261122-0001","sha256":"7777777777777777777777777777777777777777777777777777777777777777","size":8589934592}','9231aaa3bae54ee040bfbe8f7d4cf561f0c0d698ed5825cbcd8b22a1b91a99b8','2c2429398175229c85ead63e669685cd88458d4faca05c7aba659c8e9e4cfebd');
INSERT INTO "event" VALUES(19,'boot-1',1000000015000000000,'2026-11-22T01:02:18.000004Z','keys.returned',1,'T1-20261122-0001','s-4','lane-1','{}','2c2429398175229c85ead63e669685cd88458d4faca05c7aba659c8e9e4cfebd','9c057e2968cb0dcaf5802130ebeb5dda3c869907ad36a75a5d3ec193055f8cea');
INSERT INTO "event" VALUES(20,'boot-1',1000000016000000000,'2026-11-22T01:02:19.000004Z','keys.taken',1,'T1-20261122-0002','s-4','lane-1','{}','9c057e2968cb0dcaf5802130ebeb5dda3c869907ad36a75a5d3ec193055f8cea','b96baaa50db2ddadcc9b23ec59fd3e5597e38f67fe9b11f32f84191356e75ccb');
INSERT INTO "event" VALUES(21,'boot-1',1000000017000000000,'2026-11-22T01:02:20.000004Z','inspection.registered',1,'T1-20261122-0002','s-4','lane-1','{"category":"in_use","owner_commitment":"a50fa68e587c2db3bd3c8be1539820b9fa5fa1f07ac238652b938f5b55ccb37c","pack":{"edition":"2026.1","name":"cn-38900","sha256":"abababababababababababababababababababababababababababababababab"},"phone_commitment":null,"plan":["F1","B1","B2","B0","BV","PF"],"plate_commitment":"46731f836c9847474cf69f2ea48e02bd64e024ebd05dad8050512eb4cd1f1090","vehicle":{"axles":2,"curb_mass_kg":null,"electronic_parking_brake":null,"first_registered":null,"fuel":"A","high_idle_per_min":null,"lamp_system":"2","make_model":"","parking_axles":[2],"persons":null,"plate_type":"02","produced":null,"rated_speed_per_min":null,"total_mass_kg":1870,"use_character":"A","vehicle_type":"K33"},"vehicle_id":"v-1","vin_commitment":"f9731d9a8e29b5e58c5f8f3e82176ad017838bbf70e2920a40ee82d071a34529"}','b96baaa50db2ddadcc9b23ec59fd3e5597e38f67fe9b11f32f84191356e75ccb','be1ba05341fcaaadca1058888d35aef1330764e7cafbe821fb2cb9fdc70d14c4');
INSERT INTO "event" VALUES(22,'boot-1',1000000017000000000,'2026-11-22T01:02:20.000004Z','stage.finished',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"bay":null,"stage":"desk"}','be1ba05341fcaaadca1058888d35aef1330764e7cafbe821fb2cb9fdc70d14c4','11512e7d0f2c543309d3434d089a4530e61f0dbdf0c45d39c4b4d8b21859fafb');
INSERT INTO "event" VALUES(23,'boot-1',1000000017000000000,'2026-11-22T01:02:20.000004Z','stage.waiting',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"stage":"brake"}','11512e7d0f2c543309d3434d089a4530e61f0dbdf0c45d39c4b4d8b21859fafb','c1289f9c58a9820648ac7ba996a8b1c17036e7e01aebdc7d20bdf858849fd1db');
INSERT INTO "event" VALUES(24,'boot-1',1000000018000000000,'2026-11-22T01:02:21.000004Z','stage.started',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"bay":"bay-1","stage":"brake"}','c1289f9c58a9820648ac7ba996a8b1c17036e7e01aebdc7d20bdf858849fd1db','99b60ab1eda6ed3aa33c7c921c4c64888c7630f35e6af853684ee034952d1d67');
INSERT INTO "event" VALUES(25,'boot-1',1000000018000000000,'2026-11-22T01:02:21.000004Z','run.started',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"bay":"bay-1","item":"B1","profile":"rbt","profile_sha256":"efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef","rig":"brake-1","run":"r-2"}','99b60ab1eda6ed3aa33c7c921c4c64888c7630f35e6af853684ee034952d1d67','a7c4d689a0be623325d2e1b9e21419ccad7f08a209e3c8fe34cfccc6b19b0402');
INSERT INTO "event" VALUES(26,'boot-1',1000000019000000000,'2026-11-22T01:02:22.000004Z','run.voided',1,'T1-20261122-0002','s-4','lane-1','{"item":"B1","reason":"rig_offline","run":"r-2"}','a7c4d689a0be623325d2e1b9e21419ccad7f08a209e3c8fe34cfccc6b19b0402','f44e3c0dac35f7bc20e7f0d772d4ae716996782839c2d9a01f165bc9570ac534');
INSERT INTO "event" VALUES(27,'boot-1',1000000020000000000,'2026-11-22T01:02:23.000004Z','stage.released',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"reason":"rig_offline","stage":"brake"}','f44e3c0dac35f7bc20e7f0d772d4ae716996782839c2d9a01f165bc9570ac534','dd49204e2c4b8b430216b25ffa0da29ae45a47bcb03ac77f61aec44f484a44f2');
INSERT INTO "event" VALUES(28,'boot-1',1000000021000000000,'2026-11-22T01:02:24.000004Z','item.recorded',1,'T1-20261122-0002','s-4','lane-1','{"attempt":1,"item":"F1","note_commitment":null,"outcome":"fail","reason":null}','dd49204e2c4b8b430216b25ffa0da29ae45a47bcb03ac77f61aec44f484a44f2','14d5dd25596fcd75653a6b4b5fc2c20faff27a27c281667086ea036182f331c5');
CREATE TABLE evidence (
	sha256 VARCHAR NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (sha256)
);
INSERT INTO "evidence" VALUES('b206a1fed3e654543c511285e7d2e5f01a90d7ce4b8a6954738fe20d4467e1f8',X'789C1DD63D8AA77510C4F1BBFCE3169EAEAA7E5EF62A62E0050C16C44004431105AF60A2860622267B1B17F7187E7BC2196ADEEAD3BFEEF9F6F5FECB6F5EEF3E3FAA4BE54A4D9D75D55D4F359FEC6A55BB3AD5537D565FD577F5533A4A7C8D4A2EA534A5B37495EED2533ECA5DE65BBA9CF294CFF255BECB4FE5A87445157E622A53392B57E5AE3C35474DD7A8C635FC425373D65C3577CD53E75167D7A93A5D67EAE4F73DEBBCEABCEB7CEA3AEAEABA5497EB4A5D53177FCE55D75DD753F75177D7ADBA5D77EA9EBACFBAF96BEFBA9F7A8E7ABA1ED5E37A52CFD473D673D54319DB06751CF47150C8412307951C747250CA412B07B51CE4DE6A23B7C56D735BDD76B7E56D7B5B1FFD3505B6B65F7274D894D8B4D8D4D8F4D814D934D954D974D95E0872D4D9F4D914DA34DA54DA74DA94DAB4DAD4DA59317234DB54DB74DB94DBB4DBD4DBF4DB14DC34DCB3B4E428B969B9A9B9E9B929BA69BAA9BAE9BA29BBCF9D0172F4DD14DE34DE54DE74DE94DEB4DED4DEF4DED70E0B39AA6FBA6FCA6FDA6FEA6FFA6F001A8186A0EF9D2A7228340C8D4303D14834148D4583D168F4B3E3B7F3C700E2213C8487F0101EC24378080FE1A1DE41258787F0101EC24378080FE1A19DE71DE8B78926B733BD43BD53BD63BD73BD838D87F0101EF28E3E393C8487F0101EC24378080FE1213C947D23E4F0101EC24378080FE1213C8487F0D0EC63228787F0101EC24378080FE1213C8487CE7D75E4F0101EC24378080FE1213C8487F0D0B5CF931C1EC24378080FE1213C8487F0101EBAF71D93C34378080FE1213C8487F0101EC243CF3EF87DF13C793C8C87F1301EC6C378180FE3613CDCBB1AC8E1613C8C87F1301EC6C378180FE361ED0E218787F1301EC6C378180FEFA6D955B3BBE66DD990DB75B3FB6617CE6E9C5D3978180FE3613C9CDD4AE4F0301EC6C378180FE3613C8C87F1F0ECFA228787F1301EC6C378180FE3613C8C87CFDD73E4F0301EC6C378180FE3613C8C87F1F0B50B911C1EC6C378180FE3613C8C87F1301EBE777392C3C378180FE3613C8C87F1301EC6C3CFAED8DDB12C593C8247F0081EC12378048FE0113CD2BB8CC9E1113C8247F0081EC12378048FE011EDD6268747F0081EC12378048FE0113C8247BCEB9D1C1EC12378048FE091BD017B04F60AEC1978BB03E4F612EC29D85BB0C7008FE0113C8247F0C8ECC1208747F0081EC12378048FE0113C8247CEBD2CE4F0081EC12378048FE0113C8247F0C8B527881C1EC12378048FE0113C8247F0081EB9F75691C32378048FE0113C8247F0081EC123CF1EB5BD6A9C353C068FC163F0183C068FC163F0183CA6F7FC91C363F0183C068FC163F0183C068FC163B477921C1E83C7E031780C1E83C7E031780C1EE33DA8E4F0183C068FC163F0183C068FC163F098ECE52587C7E031780C1EB3D779CFF3DEE73DD07BA1DF4E34B93DD27BA5F74CE331780C1E83C7E03178CCB9B79C1C1E83C7E031780C1E83C7E031780C1E73EDD12787C7E031780C1E83C7E031780C1E83C7DCFBDF01393C068FC163F0183C068FC163F0183CE6D97F239E2FEAF5FEEBAF5EEF5EEF3FEB57BD3EFEF2F37FBFFFC987FFFEF3FDA70F7F7DFAF5A74F1F7EFBF8C3DF1F7FFCE3F5DDFFA889D7A0');
CREATE TABLE inspection (
	serial VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	keys_taken_at VARCHAR NOT NULL,
	keys_returned_at VARCHAR,
	vehicle_id VARCHAR,
	body TEXT NOT NULL,
	PRIMARY KEY (serial)
);
INSERT INTO "inspection" VALUES('T1-20261122-0001','closed',1,'2026-11-22T01:02:10.000004Z','2026-11-22T01:02:18.000004Z','v-1','{"serial":"T1-20261122-0001","state":"closed","keys_taken_at":"2026-11-22T01:02:10.000004Z","keys_returned_at":"2026-11-22T01:02:18.000004Z","vehicle_id":"v-1","vehicle":{"plate_type":"02","vehicle_type":"K33","use_character":"A","fuel":"A","first_registered":null,"produced":null,"total_mass_kg":1870,"curb_mass_kg":null,"persons":null,"axles":2,"parking_axles":[2],"electronic_parking_brake":null,"lamp_system":"2","rated_speed_per_min":null,"high_idle_per_min":null,"make_model":""},"category":"in_use","pack":{"name":"cn-38900","edition":"2026.1","sha256":"abababababababababababababababababababababababababababababababab"},"attempts":[{"number":1,"plan":["F1","B1","B2","B0","BV","PF"],"conclusion":"pass","report_no":"R-T1-20261122-0001","signed_by":"s-4","signed_at":"2026-11-22T01:02:16.000004Z","signed_seq":17,"signed_hash":"9231aaa3bae54ee040bfbe8f7d4cf561f0c0d698ed5825cbcd8b22a1b91a99b8","report_sha256":"7777777777777777777777777777777777777777777777777777777777777777"}],"items":[{"code":"F1","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"B1","attempt":1,"state":"done","runs":1,"voided":0,"outcome":"pass","verdict":{"item":"B1","outcome":"pass","quantities":[{"quantity":"axle_braking_rate","name":{"zh":"一轴制动率","en":"Axle braking rate"},"outcome":"pass","value":"64.4","unrounded":"64.4420","unit":"%","shown":"64.4 %","limit":"60","comparison":">=","limit_low":null,"limit_shown":"≥ 60 %","clause":"6.7.3","source":"GB 38900-2020","certainty":"B","confirmed":false,"decided_by":"run r-1","sentence":{"zh":"合格","en":"pass"}}],"pack":{"name":"cn-38900","edition":"2026.1","sha256":"abababababababababababababababababababababababababababababababab"},"reason":null,"warnings":[],"runs":["r-1"]},"reason":null,"note":false,"by":"s-4"},{"code":"B2","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"B0","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"BV","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"PF","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null}],"stages":[{"stage":"desk","attempt":1,"waiting_at":"2026-11-22T01:02:10.000004Z","started_at":"2026-11-22T01:02:10.000004Z","finished_at":"2026-11-22T01:02:11.000004Z","by":"s-4","bay":"lane-1"},{"stage":"brake","attempt":1,"waiting_at":"2026-11-22T01:02:11.000004Z","started_at":"2026-11-22T01:02:12.000004Z","finished_at":"2026-11-22T01:02:14.000004Z","by":"s-4","bay":"bay-1"},{"stage":"review","attempt":1,"waiting_at":"2026-11-22T01:02:15.000004Z","started_at":null,"finished_at":null,"by":null,"bay":null}],"runs":[{"run":"r-1","item":"B1","attempt":1,"rig":"brake-1","bay":"bay-1","state":"finished","started_at":"2026-11-22T01:02:12.000004Z","ended_at":"2026-11-22T01:02:13.000004Z","samples":600,"lost":0,"evidence_sha256":"b206a1fed3e654543c511285e7d2e5f01a90d7ce4b8a6954738fe20d4467e1f8","reason":null}],"last_seq":19}');
INSERT INTO "inspection" VALUES('T1-20261122-0002','in_progress',1,'2026-11-22T01:02:19.000004Z',NULL,'v-1','{"serial":"T1-20261122-0002","state":"in_progress","keys_taken_at":"2026-11-22T01:02:19.000004Z","keys_returned_at":null,"vehicle_id":"v-1","vehicle":{"plate_type":"02","vehicle_type":"K33","use_character":"A","fuel":"A","first_registered":null,"produced":null,"total_mass_kg":1870,"curb_mass_kg":null,"persons":null,"axles":2,"parking_axles":[2],"electronic_parking_brake":null,"lamp_system":"2","rated_speed_per_min":null,"high_idle_per_min":null,"make_model":""},"category":"in_use","pack":{"name":"cn-38900","edition":"2026.1","sha256":"abababababababababababababababababababababababababababababababab"},"attempts":[{"number":1,"plan":["F1","B1","B2","B0","BV","PF"],"conclusion":null,"report_no":null,"signed_by":null,"signed_at":null,"signed_seq":null,"signed_hash":null,"report_sha256":null}],"items":[{"code":"F1","attempt":1,"state":"done","runs":0,"voided":0,"outcome":"fail","verdict":null,"reason":null,"note":false,"by":"s-4"},{"code":"B1","attempt":1,"state":"waiting","runs":1,"voided":1,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"B2","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"B0","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"BV","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null},{"code":"PF","attempt":1,"state":"waiting","runs":0,"voided":0,"outcome":null,"verdict":null,"reason":null,"note":false,"by":null}],"stages":[{"stage":"desk","attempt":1,"waiting_at":"2026-11-22T01:02:19.000004Z","started_at":"2026-11-22T01:02:19.000004Z","finished_at":"2026-11-22T01:02:20.000004Z","by":"s-4","bay":"lane-1"},{"stage":"brake","attempt":1,"waiting_at":"2026-11-22T01:02:20.000004Z","started_at":null,"finished_at":null,"by":null,"bay":null}],"runs":[{"run":"r-2","item":"B1","attempt":1,"rig":"brake-1","bay":"bay-1","state":"voided","started_at":"2026-11-22T01:02:21.000004Z","ended_at":"2026-11-22T01:02:22.000004Z","samples":0,"lost":0,"evidence_sha256":null,"reason":"rig_offline"}],"last_seq":28}');
CREATE TABLE item_result (
	serial VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	code VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	outcome VARCHAR,
	runs INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	run VARCHAR,
	"by" VARCHAR,
	PRIMARY KEY (serial, attempt, code)
)
 WITHOUT ROWID

;
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'B0','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'B1','done','pass',1,0,'r-1','s-4');
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'B2','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'BV','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'F1','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0001',1,'PF','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'B0','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'B1','waiting',NULL,1,1,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'B2','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'BV','waiting',NULL,0,0,NULL,NULL);
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'F1','done','fail',0,0,NULL,'s-4');
INSERT INTO "item_result" VALUES('T1-20261122-0002',1,'PF','waiting',NULL,0,0,NULL,NULL);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema','1');
INSERT INTO "meta" VALUES('station','T1');
CREATE TABLE personal (
	subject VARCHAR NOT NULL,
	field VARCHAR NOT NULL,
	seq BIGINT NOT NULL,
	value VARCHAR NOT NULL,
	salt VARCHAR NOT NULL,
	PRIMARY KEY (subject, field, seq)
)
 WITHOUT ROWID

;
INSERT INTO "personal" VALUES('T1-20261122-0001','owner',10,'某某','salt-owner');
INSERT INTO "personal" VALUES('T1-20261122-0001','plate',10,'京A12345','salt-plate');
INSERT INTO "personal" VALUES('T1-20261122-0001','vin',10,'LSVAU033112345678','salt-vin');
INSERT INTO "personal" VALUES('T1-20261122-0002','owner',23,'某某','salt-owner');
INSERT INTO "personal" VALUES('T1-20261122-0002','plate',23,'京A12345','salt-plate');
INSERT INTO "personal" VALUES('T1-20261122-0002','vin',23,'LSVAU033112345678','salt-vin');
INSERT INTO "personal" VALUES('s-4','name',2,'某技师','salt-name');
CREATE TABLE projected (
	id INTEGER NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "projected" VALUES(1,28);
CREATE TABLE reply (
	client VARCHAR NOT NULL,
	command_id VARCHAR NOT NULL,
	body_sha256 VARCHAR NOT NULL,
	reply TEXT NOT NULL,
	at VARCHAR NOT NULL,
	PRIMARY KEY (client, command_id)
)
 WITHOUT ROWID

;
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0001-1','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 7, "hash": "f2dfcb83297d76c849a9807b703f4afbbcc2780979ee489fc4798e2d681fa7b7"}','2026-11-22T01:02:10.000004Z');
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0001-2','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 10, "hash": "7ef478f1b5afc32e815235f0e77e1043cb9d16bc74459829ad6fe9d40d492e3f"}','2026-11-22T01:02:11.000004Z');
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0001-3','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 17, "hash": "9231aaa3bae54ee040bfbe8f7d4cf561f0c0d698ed5825cbcd8b22a1b91a99b8"}','2026-11-22T01:02:16.000004Z');
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0001-4','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 19, "hash": "9c057e2968cb0dcaf5802130ebeb5dda3c869907ad36a75a5d3ec193055f8cea"}','2026-11-22T01:02:18.000004Z');
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0002-1','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 20, "hash": "b96baaa50db2ddadcc9b23ec59fd3e5597e38f67fe9b11f32f84191356e75ccb"}','2026-11-22T01:02:19.000004Z');
INSERT INTO "reply" VALUES('desk-1','T1-20261122-0002-2','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','{"accepted": true, "text": "已接受", "seq": 23, "hash": "c1289f9c58a9820648ac7ba996a8b1c17036e7e01aebdc7d20bdf858849fd1db"}','2026-11-22T01:02:20.000004Z');
CREATE TABLE report (
	report_no VARCHAR NOT NULL,
	serial VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	conclusion VARCHAR,
	signed_by VARCHAR,
	signed_at VARCHAR,
	sha256 VARCHAR,
	size BIGINT,
	issued_at VARCHAR,
	PRIMARY KEY (report_no)
);
INSERT INTO "report" VALUES('R-T1-20261122-0001','T1-20261122-0001',1,'pass','s-4','2026-11-22T01:02:16.000004Z','7777777777777777777777777777777777777777777777777777777777777777',8589934592,'2026-11-22T01:02:17.000004Z');
CREATE TABLE rig_check (
	rig VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	passed BOOLEAN NOT NULL,
	detail VARCHAR NOT NULL,
	at VARCHAR NOT NULL,
	PRIMARY KEY (rig, name)
);
INSERT INTO "rig_check" VALUES('brake-1','zero',1,'0','2026-11-22T01:02:09.000004Z');
CREATE TABLE rig_state (
	rig VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	at VARCHAR NOT NULL,
	PRIMARY KEY (rig)
);
INSERT INTO "rig_state" VALUES('brake-1','online','','2026-11-22T01:02:08.000004Z');
CREATE TABLE run (
	serial VARCHAR NOT NULL,
	run VARCHAR NOT NULL,
	item VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	rig VARCHAR NOT NULL,
	bay VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	started_at VARCHAR NOT NULL,
	ended_at VARCHAR,
	samples INTEGER NOT NULL,
	lost INTEGER NOT NULL,
	evidence_sha256 VARCHAR,
	reason VARCHAR,
	PRIMARY KEY (serial, run)
)
 WITHOUT ROWID

;
INSERT INTO "run" VALUES('T1-20261122-0001','r-1','B1',1,'brake-1','bay-1','finished','2026-11-22T01:02:12.000004Z','2026-11-22T01:02:13.000004Z',600,0,'b206a1fed3e654543c511285e7d2e5f01a90d7ce4b8a6954738fe20d4467e1f8',NULL);
INSERT INTO "run" VALUES('T1-20261122-0002','r-2','B1',1,'brake-1','bay-1','voided','2026-11-22T01:02:21.000004Z','2026-11-22T01:02:22.000004Z',0,0,NULL,'rig_offline');
CREATE TABLE session (
	token_sha256 VARCHAR NOT NULL,
	client VARCHAR NOT NULL,
	staff VARCHAR NOT NULL,
	open BOOLEAN NOT NULL,
	opened_at VARCHAR NOT NULL,
	closed_at VARCHAR,
	PRIMARY KEY (token_sha256)
);
INSERT INTO "session" VALUES('3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9','lane-1','s-4',1,'2026-11-22T01:02:06.000004Z',NULL);
CREATE TABLE staff (
	staff VARCHAR NOT NULL,
	roles VARCHAR NOT NULL,
	PRIMARY KEY (staff)
);
INSERT INTO "staff" VALUES('s-4','driver,signatory');
CREATE TABLE stage_time (
	serial VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	stage VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	waiting_at VARCHAR NOT NULL,
	started_at VARCHAR,
	finished_at VARCHAR,
	"by" VARCHAR,
	bay VARCHAR,
	PRIMARY KEY (serial, number)
)
 WITHOUT ROWID

;
INSERT INTO "stage_time" VALUES('T1-20261122-0001',0,'desk',1,'2026-11-22T01:02:10.000004Z','2026-11-22T01:02:10.000004Z','2026-11-22T01:02:11.000004Z','s-4','lane-1');
INSERT INTO "stage_time" VALUES('T1-20261122-0001',1,'brake',1,'2026-11-22T01:02:11.000004Z','2026-11-22T01:02:12.000004Z','2026-11-22T01:02:14.000004Z','s-4','bay-1');
INSERT INTO "stage_time" VALUES('T1-20261122-0001',2,'review',1,'2026-11-22T01:02:15.000004Z',NULL,NULL,NULL,NULL);
INSERT INTO "stage_time" VALUES('T1-20261122-0002',0,'desk',1,'2026-11-22T01:02:19.000004Z','2026-11-22T01:02:19.000004Z','2026-11-22T01:02:20.000004Z','s-4','lane-1');
INSERT INTO "stage_time" VALUES('T1-20261122-0002',1,'brake',1,'2026-11-22T01:02:20.000004Z',NULL,NULL,NULL,NULL);
CREATE INDEX ix_reply_at ON reply (at);
CREATE INDEX ix_inspection_state ON inspection (state);
CREATE INDEX ix_inspection_keys_taken_at ON inspection (keys_taken_at);
CREATE INDEX ix_stage_time_waiting_at ON stage_time (waiting_at);
CREATE INDEX ix_session_client ON session (client);
CREATE INDEX ix_report_serial ON report (serial);
COMMIT;
