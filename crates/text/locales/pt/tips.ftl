### Reasons of a tip's urgency and of the clocks that run.

tip-originator-level-1 = O emissor classifica no nível { $level }: criança em perigo agora.
tip-originator-level-2 = O emissor classifica no nível { $level }: criança ao alcance da pessoa reportada.
tip-originator-level-3 = O emissor classifica no nível { $level }: sem contato conhecido com uma criança.
tip-originator-level-e = Nível { $level }: ninguém o examinou ainda; isso não é baixa urgência.
tip-originator-level-unknown = O emissor não indica um nível conhecido (indica: { $level }).
tip-access-stated = O provedor indica que a pessoa reportada tem acesso a crianças.
tip-access-not-stated = A comunicação não diz se a pessoa reportada tem acesso a crianças.
tip-victim-named =
    { $count ->
        [one] A comunicação identifica uma possível vítima
       *[other] A comunicação identifica { $count } possíveis vítimas
    }.
tip-contact-incident = O tipo de incidente indica contato com uma criança (texto literal: «{ $type }»).
tip-live-material = O emissor assinala uma transmissão ao vivo (arquivos assim: { $count }).
tip-recent-incident = Incidente recente: { $date } segundo o emissor.
tip-incident-time-unknown = Não consta uma data utilizável do incidente.
tip-industry-class-a1 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-a2 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-b1 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-b2 = O provedor classifica algum arquivo como { $class } (opinião dele).
tip-industry-class-not-stated = O provedor não classifica os arquivos.
tip-same-group =
    { $count ->
        [one] Outra comunicação compartilha identificadores com esta
       *[other] Outras { $count } comunicações compartilham identificadores com esta
    }.
tip-many-files = A comunicação contém { $count } arquivos distintos.
tip-files-in-no-list =
    { $count ->
        [one] O hash de um arquivo não consta em nenhuma das listas consultadas
       *[other] Os hashes de { $count } arquivos não constam em nenhuma das listas consultadas
    } (aparência não comparada).
tip-files-not-looked-up = Os arquivos da comunicação ({ $count }) não foram consultados em nenhuma lista.
tip-viral-all = Todos os arquivos ({ $count } de { $total }) são virais ou já conhecidos: a urgência diminui, a comunicação é mantida.
tip-viral-some = Parte dos arquivos ({ $count } de { $total }) são virais ou já conhecidos.
tip-viral-outweighed = Há arquivos virais ou já conhecidos ({ $count } de { $total }), mas um sinal de criança em perigo pesa sempre mais.
tip-suspect-may-be-minor = A pessoa reportada pode ser menor de idade (idade indicada: { $age }): via de proteção.
tip-capture-in-steep-part = O último evento de IP é de { $date }: a maior parte dos dados de operadora perde-se nas duas primeiras semanas.
tip-capture-before-loss = A operadora pode conservar os dados do último evento de IP até { $date } ({ $source }).
tip-capture-past-loss = O prazo de conservação do último evento de IP terminou em { $date } ({ $source }); ainda pode haver dados.
tip-loss-soon = A primeira perda de dados conhecida está próxima: { $date }.
tip-no-clock-known = Não se conhece prazo de conservação de dados de IP para o país ({ $country }); o último evento é de { $date }.
tip-capture-time-missing = Eventos de IP sem data utilizável: { $count }.
tip-port-missing = Eventos de IP sem porta de origem: { $count }; em redes com endereço compartilhado podem não bastar.
tip-no-capture = Não consta nenhum evento de IP.
tip-content-until = O provedor conserva o conteúdo comunicado até { $date } ({ $source }).
tip-territory-address = Um endereço da comunicação indica { $country }, divisão: { $division }.
tip-territory-division-name = O nome da divisão ({ $division }) aponta para { $country }; o país não consta.
tip-territory-phone = O código de um telefone corresponde a { $country }.
tip-territory-conflict = Os dados da comunicação nomeiam vários países: { $countries }.
tip-country-not-recognised = O país escrito não é reconhecido: «{ $text }».
tip-no-country = A comunicação não permite atribuir um país.
tip-originator-urgent = O emissor marca como urgente (texto literal: «{ $level }»).
tip-escalation-stated = O provedor assinala como urgente: «{ $reason }».
tip-annotation-sextortion = O provedor marca como sextorsão.
tip-annotation-solicitation = O provedor marca como pedido de material a uma criança.
tip-annotation-sadistic = O provedor marca como exploração sádica on-line.
tip-annotation-between-minors = O provedor marca como interação entre menores: via de proteção.
tip-annotation-aggravating = O provedor assinala possíveis agravantes, sem dizer quais.
tip-annotation-spam = O provedor marca a comunicação como spam; ela é mantida.
tip-annotation-informational = O provedor envia a comunicação a título informativo; ela é mantida.
tip-annotation-unknown = Marcas do provedor que estas regras não conhecem, sem peso: { $names }.
tip-tag-infant = Arquivos marcados com criança de muito pouca idade: { $count }.
tip-tag-self-production = Arquivos marcados como possível material autogerado por menor: { $count }; pode haver pressão.
tip-tag-physical-harm = Arquivos marcados com dano físico: { $count }.
tip-tag-violence = Arquivos marcados com violência: { $count }.
tip-label-generative = Arquivos marcados como possivelmente sintéticos: { $count }; isso não diminui a urgência.
tip-bundled-viral = O emissor agrupou comunicações de material muito difundido ({ $reason }); a comunicação é mantida.
tip-bundled-other = O emissor agrupou comunicações; motivo, sem peso: { $reason }.
tip-notes-access = Um texto fala de acesso a uma criança (textos: { $count }): «{ $quote }».
tip-notes-live = Um texto fala de algo ao vivo (textos: { $count }): «{ $quote }».
tip-notes-threat = Um texto fala de uma ameaça (textos: { $count }): «{ $quote }».
tip-notes-self-harm = Um texto fala de autolesão ou suicídio (textos: { $count }): «{ $quote }».
tip-notes-meeting = Um texto fala de um encontro pessoal (textos: { $count }): «{ $quote }».
tip-prior-reports = A comunicação nomeia outros relatórios ({ $count }).
tip-other-agency = Consta que outros órgãos trabalham nisso: { $names }.
tip-recent-upload = Envio recente de um arquivo: { $date }.
tip-lowering-outweighed = O que diminuiria a urgência não conta aqui: um sinal de criança em perigo pesa mais.
tip-age-unusable = Uma idade ou data de nascimento não pode estar correta («{ $text }»); a idade conta como desconhecida.
tip-ages-disagree = A idade indicada e a data de nascimento não combinam ({ $text }); a idade conta como desconhecida.
tip-age-doubtful = O provedor duvida da idade indicada.
tip-floor-level-1 = Piso de { $least } pontos: criança em perigo agora, segundo o emissor.
tip-floor-urgent = Piso de { $least } pontos: urgente, segundo o emissor.
tip-floor-access-new-recent = Piso de { $least } pontos: acesso indicado a crianças, arquivo em nenhuma lista e incidente recente, ao mesmo tempo.
tip-floor-access-said-new-recent = Piso de { $least } pontos: acesso a uma criança em um texto, arquivo em nenhuma lista e incidente recente, ao mesmo tempo.
tip-floor-threat = Piso de { $least } pontos: um texto fala de uma ameaça.
tip-floor-self-harm = Piso de { $least } pontos: um texto fala de autolesão ou suicídio.
tip-floor-escalation = Piso de { $least } pontos: o provedor assinala como urgente.
tip-floor-sadistic = Piso de { $least } pontos: exploração sádica on-line, segundo o provedor.
tip-territory-estimate = A estimativa do provedor indica { $country }, divisão: { $division }.
tip-territory-ip-lookup = Endereços IP localizados pelo emissor em { $country } ({ $count }).
tip-territory-ip-table = Endereços IP situados em { $country } ({ $count }), segundo a tabela { $source }.
tip-territory-proxy = O endereço IP { $ip } pode ser um proxy segundo o provedor: seu lugar não conta.
tip-not-a-country = Não designa nenhum país: «{ $text }».
tip-place-ambiguous = Vários países têm um lugar com esse nome, portanto não decide nada: «{ $text }».
tip-route-no-country = Sem país: uma pessoa deve escolher a unidade.
tip-route-conflict = Vários países, { $country } em primeiro lugar: à unidade nacional { $unit }.
tip-route-division = Divisão { $division }: unidade { $unit }.
tip-route-national = { $country }, divisão desconhecida: unidade { $unit }.
tip-route-division-without-unit = { $country }, sem unidade para a divisão { $division }: unidade { $unit }.
tip-route-abroad = No exterior ({ $country }): unidade { $unit }.
tip-route-no-unit = Sem unidade para { $country }: uma pessoa deve escolher.
