# La página local de solo lectura con la que termina la demostración.

page-demo-title = Caso de referencia: resultado
page-demo-lead = Un mundo sintético e inofensivo, procesado con las mismas órdenes que usa un agente. Todas las personas, números e imágenes son inventados.
page-demo-foot = Solo lectura. Esta página no carga nada de fuera y solo responde en este equipo.
page-demo-yes = sí
page-demo-no = no

page-demo-tile-first-alarm = desde adjuntar el dispositivo hasta la primera alarma
page-demo-tile-media-read = archivos multimedia leídos para entonces / listados
page-demo-tile-rank = puesto de la fuente activa entre las contrapartes
page-demo-tile-decoys = señuelos en la banda máxima
page-demo-tile-tips = avisos de un mismo usuario reunidos / plantados
page-demo-tile-referral = estado de la remisión tras el acuse
page-demo-tile-verified = registro y objetos verificados en ambas unidades
page-demo-tile-seconds = duración de todo el recorrido

page-demo-alarms = Contrapartes, por urgencia
page-demo-alarms-intro = Cada motivo remite a su prueba. Las bandas ordenan el trabajo; no acusan a nadie y una persona debe revisarlas.
page-demo-ledger = Intercambio con la primera contraparte
page-demo-ledger-intro = Quién envió qué archivo, cuándo y dónde consta. El hash es el que anotó la propia aplicación, cuando lo hay.
page-demo-ledger-at = Hora
page-demo-ledger-from = Enviado por
page-demo-ledger-file = Archivo
page-demo-ledger-hash = SHA-256
page-demo-ledger-source = Consta en
page-demo-truth = Frente a la verdad del mundo sintético
page-demo-truth-intro = Lo que el generador plantó y lo que el programa encontró sin conocerlo.
page-demo-truth-tips = Avisos de un mismo usuario
page-demo-truth-unseen = Imágenes de la fuente que ninguna lista conoce
page-demo-truth-known = Imágenes conocidas con exactitud
page-demo-truth-near = Imágenes conocidas solo tras recodificar
page-demo-files = Archivos
page-demo-files-intro = La remisión sellada y lo que la unidad destinataria abrió. No contiene imágenes.
page-demo-steps = Órdenes ejecutadas
page-demo-steps-intro = Cada orden puede repetirse a mano en la carpeta de la demostración.

page-demo-step = Orden
page-demo-unit = Unidad
page-demo-actor = Persona
page-demo-seconds = Segundos
page-demo-what = Qué
page-demo-result = Resultado
page-demo-planted = Plantado
page-demo-found = Encontrado
page-demo-not-top = fuera de la banda máxima
page-demo-decoy-forwarder = Señuelo: reenvía archivos conocidos y virales
page-demo-decoy-teenager = Señuelo: menor que intercambia con otro menor
page-demo-decoy-boaster = Señuelo: promete y no envía nada
page-demo-decoy-relative = Señuelo: familiar con fotos de familia
page-demo-work-world = (crear el mundo sintético)
page-demo-address = La página queda en { $address } (Ctrl-C para terminar)
page-demo-folder-taken = { $folder } existe y no es una carpeta de demostración; elija otra con --folder
