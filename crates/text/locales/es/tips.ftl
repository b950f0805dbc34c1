### Reasons of a tip's urgency and of the clocks that run.

tip-originator-level-1 = El emisor lo clasifica en nivel { $level }: menor en peligro ahora.
tip-originator-level-2 = El emisor lo clasifica en nivel { $level }: menor al alcance de la persona reportada.
tip-originator-level-3 = El emisor lo clasifica en nivel { $level }: sin contacto conocido con un menor.
tip-originator-level-e = Nivel { $level }: nadie lo ha examinado todavía; no equivale a poca urgencia.
tip-originator-level-unknown = El emisor no indica un nivel conocido (indica: { $level }).
tip-access-stated = El proveedor indica que la persona reportada tiene acceso a menores.
tip-access-not-stated = El aviso no dice si la persona reportada tiene acceso a menores.
tip-victim-named =
    { $count ->
        [one] El aviso identifica a una posible víctima
       *[other] El aviso identifica a { $count } posibles víctimas
    }.
tip-contact-incident = El tipo de incidente indica contacto con un menor (texto literal: «{ $type }»).
tip-live-material = El emisor señala una retransmisión en directo (archivos así: { $count }).
tip-recent-incident = Incidente reciente: { $date } según el emisor.
tip-incident-time-unknown = No consta una fecha utilizable del incidente.
tip-industry-class-a1 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-a2 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-b1 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-b2 = El proveedor clasifica algún archivo como { $class } (su opinión).
tip-industry-class-not-stated = El proveedor no clasifica los archivos.
tip-same-group =
    { $count ->
        [one] Otro aviso comparte identificadores con este
       *[other] Otros { $count } avisos comparten identificadores con este
    }.
tip-many-files = El aviso contiene { $count } archivos distintos.
tip-files-in-no-list =
    { $count ->
        [one] El hash de un archivo no figura en ninguna de las listas consultadas
       *[other] Los hashes de { $count } archivos no figuran en ninguna de las listas consultadas
    } (aspecto sin comparar).
tip-files-not-looked-up = Los archivos del aviso ({ $count }) no se han consultado en ninguna lista.
tip-viral-all = Todos los archivos ({ $count } de { $total }) son virales o ya conocidos: baja la urgencia, el aviso se conserva.
tip-viral-some = Parte de los archivos ({ $count } de { $total }) son virales o ya conocidos.
tip-viral-outweighed = Hay archivos virales o ya conocidos ({ $count } de { $total }), pero una señal de menor en peligro siempre pesa más.
tip-suspect-may-be-minor = La persona reportada puede ser menor de edad (edad indicada: { $age }): vía de protección.
tip-capture-in-steep-part = El último evento de IP es del { $date }: la mayor parte de los datos de operador se pierde en las dos primeras semanas.
tip-capture-before-loss = El operador puede conservar los datos del último evento de IP hasta el { $date } ({ $source }).
tip-capture-past-loss = El plazo de conservación del último evento de IP venció el { $date } ({ $source }); puede que aún existan datos.
tip-loss-soon = La primera pérdida de datos conocida está cerca: { $date }.
tip-no-clock-known = No se conoce un plazo de conservación de datos de IP para el país ({ $country }); el último evento es del { $date }.
tip-capture-time-missing = Eventos de IP sin fecha utilizable: { $count }.
tip-port-missing = Eventos de IP sin puerto de origen: { $count }; en redes con dirección compartida pueden no bastar.
tip-no-capture = No consta ningún evento de IP.
tip-content-until = El proveedor conserva el contenido comunicado hasta el { $date } ({ $source }).
tip-territory-address = Una dirección del aviso indica { $country }, división: { $division }.
tip-territory-division-name = El nombre de la división ({ $division }) apunta a { $country }; el país no consta.
tip-territory-phone = El prefijo de un teléfono corresponde a { $country }.
tip-territory-conflict = Los datos del aviso nombran varios países: { $countries }.
tip-country-not-recognised = No se reconoce el país escrito: «{ $text }».
tip-no-country = El aviso no permite asignar un país.
tip-originator-urgent = El emisor lo marca como urgente (texto literal: «{ $level }»).
tip-escalation-stated = El proveedor lo señala como urgente: «{ $reason }».
tip-annotation-sextortion = El proveedor lo marca como sextorsión.
tip-annotation-solicitation = El proveedor lo marca como petición de material a un menor.
tip-annotation-sadistic = El proveedor lo marca como explotación sádica en línea.
tip-annotation-between-minors = El proveedor lo marca como interacción entre menores: vía de protección.
tip-annotation-aggravating = El proveedor señala posibles agravantes, sin decir cuáles.
tip-annotation-spam = El proveedor marca el aviso como spam; se conserva.
tip-annotation-informational = El proveedor envía el aviso a título informativo; se conserva.
tip-annotation-unknown = Marcas del proveedor que estas reglas no conocen, sin peso: { $names }.
tip-tag-infant = Archivos marcados con un menor de muy corta edad: { $count }.
tip-tag-self-production = Archivos marcados como posible material autogenerado por un menor: { $count }; puede haber presión.
tip-tag-physical-harm = Archivos marcados con daño físico: { $count }.
tip-tag-violence = Archivos marcados con violencia: { $count }.
tip-label-generative = Archivos marcados como posiblemente sintéticos: { $count }; eso no baja la urgencia.
tip-bundled-viral = El emisor agrupó avisos de material muy difundido ({ $reason }); el aviso se conserva.
tip-bundled-other = El emisor agrupó avisos; motivo, sin peso: { $reason }.
tip-notes-access = Un texto habla de acceso a un menor (textos: { $count }): «{ $quote }».
tip-notes-live = Un texto habla de algo en directo (textos: { $count }): «{ $quote }».
tip-notes-threat = Un texto habla de una amenaza (textos: { $count }): «{ $quote }».
tip-notes-self-harm = Un texto habla de autolesión o suicidio (textos: { $count }): «{ $quote }».
tip-notes-meeting = Un texto habla de un encuentro en persona (textos: { $count }): «{ $quote }».
tip-prior-reports = El aviso nombra otros informes ({ $count }).
tip-other-agency = Consta que otros organismos trabajan en ello: { $names }.
tip-recent-upload = Subida reciente de un archivo: { $date }.
tip-lowering-outweighed = Lo que bajaría la urgencia no cuenta aquí: una señal de menor en peligro pesa más.
tip-age-unusable = Una edad o fecha de nacimiento no puede ser correcta («{ $text }»); la edad cuenta como desconocida.
tip-ages-disagree = La edad indicada y la fecha de nacimiento no concuerdan ({ $text }); la edad cuenta como desconocida.
tip-age-doubtful = El proveedor duda de la edad indicada.
tip-floor-level-1 = Suelo de { $least } puntos: menor en peligro ahora, según el emisor.
tip-floor-urgent = Suelo de { $least } puntos: urgente, según el emisor.
tip-floor-access-new-recent = Suelo de { $least } puntos: acceso indicado a menores, archivo en ninguna lista e incidente reciente, a la vez.
tip-floor-access-said-new-recent = Suelo de { $least } puntos: acceso a un menor en un texto, archivo en ninguna lista e incidente reciente, a la vez.
tip-floor-threat = Suelo de { $least } puntos: un texto habla de una amenaza.
tip-floor-self-harm = Suelo de { $least } puntos: un texto habla de autolesión o suicidio.
tip-floor-escalation = Suelo de { $least } puntos: el proveedor lo señala como urgente.
tip-floor-sadistic = Suelo de { $least } puntos: explotación sádica en línea, según el proveedor.
tip-territory-estimate = La estimación del proveedor indica { $country }, división: { $division }.
tip-territory-ip-lookup = Direcciones IP localizadas por el emisor en { $country } ({ $count }).
tip-territory-ip-table = Direcciones IP situadas en { $country } ({ $count }), según la tabla { $source }.
tip-territory-proxy = La dirección IP { $ip } puede ser un proxy según el proveedor: su lugar no cuenta.
tip-not-a-country = No designa ningún país: «{ $text }».
tip-place-ambiguous = Varios países tienen un lugar con ese nombre, así que no decide nada: «{ $text }».
tip-route-no-country = Sin país: una persona debe elegir la unidad.
tip-route-conflict = Varios países, { $country } en primer lugar: a la unidad nacional { $unit }.
tip-route-division = División { $division }: unidad { $unit }.
tip-route-national = { $country }, división desconocida: unidad { $unit }.
tip-route-division-without-unit = { $country }, sin unidad para la división { $division }: unidad { $unit }.
tip-route-abroad = En el extranjero ({ $country }): unidad { $unit }.
tip-route-no-unit = Sin unidad para { $country }: una persona debe elegir.
